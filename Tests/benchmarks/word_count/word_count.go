package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
)

func spell(word []byte, n int) []byte {
	if n >= 70 {
		word = spell(word, n/70)
	}
	n %= 70
	return append(word, "bdfgklmnprstvz"[n/5], "aeiou"[n%5])
}

func words(n int) []string {
	result := make([]string, n)
	random := 42
	for i := n - 1; i >= 0; i-- {
		result[i] = string(spell(nil, random%300*(random/300%300)))
		random = random * 16807 % 2147483647
	}
	return result
}

func main() {
	n := 400000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	text := strings.Join(words(n), " ")
	counts := make(map[string]int)
	for _, word := range strings.Split(text, " ") {
		counts[word]++
	}
	fmt.Println(len(text), len(counts))
	ranking := make([]string, 0, len(counts))
	for word := range counts {
		ranking = append(ranking, word)
	}
	sort.Slice(ranking, func(i, j int) bool {
		v, w := ranking[i], ranking[j]
		if m, n := counts[v], counts[w]; m != n {
			return m > n
		}
		return v < w
	})
	for i := 0; i < 10 && i < len(ranking); i++ {
		fmt.Println(ranking[i], counts[ranking[i]])
	}
}
