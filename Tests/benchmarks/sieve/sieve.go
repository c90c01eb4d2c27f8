package main

import (
	"fmt"
	"os"
	"strconv"
)

func primes(limit int) int {
	crossed := make([]bool, limit)
	for n := 2; n*n < limit; n++ {
		if !crossed[n] {
			for multiple := n * n; multiple < limit; multiple += n {
				crossed[multiple] = true
			}
		}
	}
	count := 0
	for _, c := range crossed[2:] {
		if !c {
			count++
		}
	}
	return count
}

func main() {
	n := 100
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	total := 0
	for i := 0; i < n; i++ {
		total += primes(n*10000 - i)
	}
	fmt.Println(total)
}
