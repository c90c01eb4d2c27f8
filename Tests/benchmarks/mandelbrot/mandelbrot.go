package main

import (
	"fmt"
	"os"
	"strconv"
)

func steps(cx, cy float64) int {
	x, y, n := 0.0, 0.0, 0
	for n < 100 && x*x+y*y <= 4 {
		x, y = x*x-y*y+cx, 2*x*y+cy
		n++
	}
	return n
}

func main() {
	width := 2000
	if len(os.Args) > 1 {
		width, _ = strconv.Atoi(os.Args[1])
	}
	side, total := float64(width), 0
	for line := 0; line < width; line++ {
		cy := 3*float64(line)/side - 1.5
		for column := 0; column < width; column++ {
			total += steps(3*float64(column)/side-2, cy)
		}
	}
	fmt.Println(total)
}
