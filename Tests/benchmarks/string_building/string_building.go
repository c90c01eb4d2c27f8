package main

import (
	"fmt"
	"os"
	"strconv"
)

var names = [3]string{"alpha", "beta", "gamma"}

func rows(n int) []byte {
	var text []byte
	for i := 0; i < n; i++ {
		text = strconv.AppendInt(text, int64(i), 10)
		text = append(text, ": "...)
		text = strconv.AppendInt(text, int64(i*i%1009), 10)
		text = append(text, ' ')
		text = append(text, names[i%3]...)
		text = append(text, '\n')
	}
	return text
}

func nested(text []byte, depth, label int) []byte {
	if depth == 0 {
		return strconv.AppendInt(text, int64(label), 10)
	}
	text = append(text, '(')
	text = nested(text, depth-1, 2*label)
	text = append(text, ' ')
	text = nested(text, depth-1, 2*label+1)
	return append(text, ')')
}

func report(text string) {
	checksum := 0
	for i := 0; i < len(text); i++ {
		checksum = (checksum*31 + int(text[i])) % 1000003
	}
	fmt.Println(len(text), checksum)
}

func main() {
	n := 18
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	report(string(rows(n * n * n * 150)))
	report(string(nested(nil, n, 1)))
}
