package main

import (
	"fmt"
	"os"
	"strconv"
)

type tree struct {
	left, right *tree
	label       int
}

func newTree(depth, label int) *tree {
	if depth == 0 {
		return nil
	}
	return &tree{newTree(depth-1, 2*label), newTree(depth-1, 2*label+1), label}
}

func (t *tree) sum() int {
	if t == nil {
		return 0
	}
	return t.left.sum() + t.label + t.right.sum()
}

func main() {
	deepest := 20
	if len(os.Args) > 1 {
		deepest, _ = strconv.Atoi(os.Args[1])
	}
	longLived := newTree(deepest, 1)
	for depth := 4; depth <= deepest; depth += 4 {
		count, total := 1<<(deepest-depth), 0
		for label := count; label > 0; label-- {
			total += newTree(depth, label).sum()
		}
		fmt.Printf("%d trees of depth %d: %d\n", count, depth, total)
	}
	fmt.Printf("long lived: %d\n", longLived.sum())
}
