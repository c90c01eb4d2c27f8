// A slice of columns as a stack.
package main

import (
	"fmt"
	"os"
	"strconv"
)

func isSafe(column int, placed []int) bool {
	for row := len(placed) - 1; row >= 0; row-- {
		other, distance := placed[row], len(placed)-row
		if other == column || other-column == distance || column-other == distance {
			return false
		}
	}
	return true
}

func place(n int, placed []int) int {
	if len(placed) == n {
		return 1
	}
	count := 0
	for column := 0; column < n; column++ {
		if isSafe(column, placed) {
			count += place(n, append(placed, column))
		}
	}
	return count
}

func main() {
	n := 13
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	fmt.Println(place(n, make([]int, 0, n)))
}
