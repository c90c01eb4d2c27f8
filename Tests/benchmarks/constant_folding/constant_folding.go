package main

import (
	"fmt"
	"os"
	"strconv"
)

type kind uint8

const (
	val kind = iota
	variable
	sum
	product
)

type expr struct {
	kind kind
	n    int
	a, b *expr
}

const prime = 1000003

func newExpr(depth, seed int) *expr {
	if depth == 0 {
		if seed%5 == 0 {
			return &expr{kind: variable, n: seed % 7}
		}
		return &expr{kind: val, n: seed}
	}
	a, b := newExpr(depth-1, (seed*7+1)%prime), newExpr(depth-1, (seed*13+5)%prime)
	if seed%3 == 0 {
		return &expr{kind: product, a: a, b: b}
	}
	return &expr{kind: sum, a: a, b: b}
}

// join puts b behind the last operand of a fresh a, which leans to the right.
func join(k kind, a, b *expr) *expr {
	end := &a
	for (*end).kind == k {
		end = &(*end).b
	}
	*end = &expr{kind: k, a: *end, b: b}
	return a
}

func (e *expr) reassociated() *expr {
	if e.kind == val || e.kind == variable {
		return e
	}
	return join(e.kind, e.a.reassociated(), e.b.reassociated())
}

func apply(k kind, m, n int) int {
	if k == sum {
		return (m + n) % prime
	}
	return m * n % prime
}

func operation(k kind, a, b *expr) *expr {
	switch {
	case a.kind == val && b.kind == val:
		return &expr{kind: val, n: apply(k, a.n, b.n)}
	case a.kind == val && a.n == 0 && k == sum, a.kind == val && a.n == 1 && k == product:
		return b
	case a.kind == val && a.n == 0:
		return a
	case b.kind == val:
		return &expr{kind: k, a: b, b: a}
	case b.kind == k && b.a.kind == val:
		if a.kind == val {
			return &expr{kind: k, a: &expr{kind: val, n: apply(k, a.n, b.a.n)}, b: b.b}
		}
		return &expr{kind: k, a: b.a, b: &expr{kind: k, a: a, b: b.b}}
	}
	return &expr{kind: k, a: a, b: b}
}

func (e *expr) folded() *expr {
	if e.kind == val || e.kind == variable {
		return e
	}
	return operation(e.kind, e.a.folded(), e.b.folded())
}

func (e *expr) value() int {
	switch e.kind {
	case val:
		return e.n
	case variable:
		return e.n * e.n
	case sum:
		return (e.a.value() + e.b.value()) % prime
	default:
		return e.a.value() * e.b.value() % prime
	}
}

func (e *expr) nodes() int {
	if e.kind == val || e.kind == variable {
		return 1
	}
	return 1 + e.a.nodes() + e.b.nodes()
}

func main() {
	depth := 20
	if len(os.Args) > 1 {
		depth, _ = strconv.Atoi(os.Args[1])
	}
	e := newExpr(depth, 42)
	folded := e.reassociated().folded()
	fmt.Println(e.nodes(), e.value(), folded.nodes(), folded.value())
}
