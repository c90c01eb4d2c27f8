package main

import (
	"fmt"
	"math/big"
	"os"
	"strconv"
)

func factorial(n int64) *big.Int {
	product, factor := big.NewInt(1), new(big.Int)
	for ; n > 0; n-- {
		product.Mul(product, factor.SetInt64(n))
	}
	return product
}

func main() {
	n := 200
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	total := 0
	for ; n > 0; n-- {
		for _, digit := range factorial(int64(3000 + n)).String() {
			total += int(digit - '0')
		}
	}
	fmt.Println(total)
}
