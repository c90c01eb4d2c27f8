// Nodes are changed and rotated in place on the way back from the insertion.
package main

import (
	"fmt"
	"os"
	"strconv"
)

type node struct {
	left, right *node
	key         int
	red, value  bool
}

func (n *node) isRed() bool { return n != nil && n.red }

// join makes middle the red root of the black nodes left and right.
func join(left, middle, right *node) *node {
	left.right, right.left = middle.left, middle.right
	middle.left, middle.right = left, right
	left.red, middle.red, right.red = false, true, false
	return middle
}

func balanceLeft(n *node) *node {
	left := n.left
	if !left.isRed() {
		return n
	}
	if left.left.isRed() {
		n.left, left.right = left.right, n
		left.left.red, left.red, n.red = false, true, false
		return left
	}
	if left.right.isRed() {
		return join(left, left.right, n)
	}
	return n
}

func balanceRight(n *node) *node {
	right := n.right
	if !right.isRed() {
		return n
	}
	if right.left.isRed() {
		return join(n, right.left, right)
	}
	if right.right.isRed() {
		n.right, right.left = right.left, n
		right.right.red, right.red, n.red = false, true, false
		return right
	}
	return n
}

func (n *node) inserted(key int, value bool) *node {
	if n == nil {
		return &node{key: key, red: true, value: value}
	}
	switch {
	case key < n.key:
		n.left = n.left.inserted(key, value)
		if !n.red {
			return balanceLeft(n)
		}
	case key > n.key:
		n.right = n.right.inserted(key, value)
		if !n.red {
			return balanceRight(n)
		}
	default:
		n.value = value
	}
	return n
}

func (n *node) count() int {
	if n == nil {
		return 0
	}
	total := n.left.count() + n.right.count()
	if n.value {
		total++
	}
	return total
}

func (n *node) height() int {
	if n == nil {
		return 0
	}
	if n.red {
		return n.left.height()
	}
	return n.left.height() + 1
}

func main() {
	n := 400000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	var tree *node
	random := 42
	for ; n > 0; n-- {
		tree = tree.inserted(random, random%10 == 0)
		tree.red = false
		random = random * 16807 % 2147483647
	}
	fmt.Println(tree.count(), tree.height())
}
