// math/big, in place.
package main

import (
	"bufio"
	"fmt"
	"math/big"
	"os"
	"strconv"
)

var q, r, t, u, v = big.NewInt(1), big.NewInt(0), big.NewInt(1), new(big.Int), new(big.Int)

func digit(x int64) int64 {
	u.Mul(q, v.SetInt64(x))
	u.Add(u, r)
	return u.Quo(u, t).Int64()
}

func main() {
	n := 5000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	ten, two := big.NewInt(10), big.NewInt(2)
	k := int64(1)
	for shown := 0; shown < n; {
		if q.Cmp(t) < 0 {
			d := digit(3)
			if d == digit(4) {
				fmt.Fprint(out, d)
				shown++
				if shown%50 == 0 || shown == n {
					fmt.Fprintln(out)
				}
				r.Sub(r, u.Mul(t, v.SetInt64(d)))
				r.Mul(r, ten)
				q.Mul(q, ten)
				continue
			}
		}
		r.Add(r, u.Mul(q, two))
		r.Mul(r, v.SetInt64(2*k+1))
		q.Mul(q, v.SetInt64(k))
		t.Mul(t, v.SetInt64(2*k+1))
		k++
	}
}
