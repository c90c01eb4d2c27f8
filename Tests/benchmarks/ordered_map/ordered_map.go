// Go has no ordered map: a hash map, whose keys are sorted where their order matters.
package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
)

func next(random int) int { return random * 16807 % 2147483647 }

func main() {
	n := 200000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	entries := make(map[int]int)
	random := 42
	for value := n; value > 0; value-- {
		entries[random%1000000] = value
		random = next(random)
	}
	sum := 0
	random = 1
	for i := 0; i < 2*n; i++ {
		if value, ok := entries[random%1000000]; ok {
			sum += value
		} else {
			sum++
		}
		random = next(random)
	}
	keys := make([]int, 0, len(entries))
	for key := range entries {
		keys = append(keys, key)
	}
	sort.Ints(keys)
	checksum := 0
	for _, key := range keys {
		checksum = (checksum*31 + key + entries[key]) % 1000003
	}
	fmt.Println(len(entries), sum, checksum)
}
