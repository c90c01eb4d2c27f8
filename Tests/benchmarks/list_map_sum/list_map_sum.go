// Slices instead of lists.
package main

import (
	"fmt"
	"os"
	"strconv"
)

func scrambled(x int) int { return (x*x + 3*x) % 10007 }

func roundFrom(first, length int) int {
	numbers := make([]int, 0, length)
	for x := first; x < first+length; x++ {
		numbers = append(numbers, x)
	}
	for i, x := range numbers {
		numbers[i] = scrambled(x)
	}
	var odd []int
	for _, x := range numbers {
		if x%2 == 1 {
			odd = append(odd, x)
		}
	}
	sum := 0
	for _, x := range odd {
		sum += x
	}
	return sum
}

func main() {
	n := 200
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	total, length := 0, n*500
	for ; n > 0; n-- {
		total += roundFrom(n, length)
	}
	fmt.Println(total)
}
