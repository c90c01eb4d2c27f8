package main

import (
	"fmt"
	"os"
	"strconv"
)

type kind uint8

const (
	num kind = iota
	variable
	sum
	product
	power
	logarithm
)

type expr struct {
	kind  kind
	value int
	a, b  *expr
}

func number(n int) *expr { return &expr{kind: num, value: n} }

func (e *expr) is(n int) bool { return e.kind == num && e.value == n }

func add(a, b *expr) *expr {
	switch {
	case a.kind == num && b.kind == num:
		return number(a.value + b.value)
	case a.is(0):
		return b
	case b.is(0):
		return a
	case b.kind == num:
		return add(b, a)
	case b.kind == sum && b.a.kind == num:
		if a.kind == num {
			return add(number(a.value+b.a.value), b.b)
		}
		return add(b.a, add(a, b.b))
	case a.kind == sum:
		return add(a.a, add(a.b, b))
	}
	return &expr{kind: sum, a: a, b: b}
}

func mul(a, b *expr) *expr {
	switch {
	case a.kind == num && b.kind == num:
		return number(a.value * b.value)
	case a.is(0) || b.is(1):
		return a
	case b.is(0) || a.is(1):
		return b
	case b.kind == num:
		return mul(b, a)
	case b.kind == product && b.a.kind == num:
		if a.kind == num {
			return mul(number(a.value*b.a.value), b.b)
		}
		return mul(b.a, mul(a, b.b))
	case a.kind == product:
		return mul(a.a, mul(a.b, b))
	}
	return &expr{kind: product, a: a, b: b}
}

func pow(a, b *expr) *expr {
	switch {
	case b.is(0):
		return number(1)
	case b.is(1) || a.is(0):
		return a
	}
	return &expr{kind: power, a: a, b: b}
}

func ln(a *expr) *expr {
	if a.is(1) {
		return number(0)
	}
	return &expr{kind: logarithm, a: a}
}

func (e *expr) derive() *expr {
	switch e.kind {
	case num:
		return number(0)
	case variable:
		return number(1)
	case sum:
		return add(e.a.derive(), e.b.derive())
	case product:
		return add(mul(e.a, e.b.derive()), mul(e.b, e.a.derive()))
	case power:
		return mul(e, add(mul(mul(e.b, e.a.derive()), pow(e.a, number(-1))), mul(ln(e.a), e.b.derive())))
	default:
		return mul(e.a.derive(), pow(e.a, number(-1)))
	}
}

func (e *expr) nodes() int {
	switch e.kind {
	case num, variable:
		return 1
	case logarithm:
		return 1 + e.a.nodes()
	default:
		return 1 + e.a.nodes() + e.b.nodes()
	}
}

func main() {
	last := 9
	if len(os.Args) > 1 {
		last, _ = strconv.Atoi(os.Args[1])
	}
	x := &expr{kind: variable}
	e := &expr{kind: power, a: x, b: x}
	fmt.Println(0, e.nodes())
	for step := 1; step <= last; step++ {
		e = e.derive()
		fmt.Println(step, e.nodes())
	}
}
