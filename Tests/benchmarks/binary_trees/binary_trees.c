#include <stdio.h>
#include <stdlib.h>

typedef struct Tree {
    struct Tree *left, *right;
    long label;
} Tree;

static Tree *make(int depth, long label) {
    if (depth == 0) return NULL;
    Tree *tree = malloc(sizeof *tree);
    tree->left = make(depth - 1, 2 * label);
    tree->label = label;
    tree->right = make(depth - 1, 2 * label + 1);
    return tree;
}

static long sum(const Tree *tree) {
    return tree == NULL ? 0 : sum(tree->left) + tree->label + sum(tree->right);
}

static void discard(Tree *tree) {
    if (tree == NULL) return;
    discard(tree->left);
    discard(tree->right);
    free(tree);
}

int main(int argc, char **argv) {
    int deepest = argc > 1 ? atoi(argv[1]) : 20;
    Tree *long_lived = make(deepest, 1);
    for (int depth = 4; depth <= deepest; depth += 4) {
        long count = 1L << (deepest - depth), total = 0;
        for (long label = count; label > 0; label--) {
            Tree *tree = make(depth, label);
            total += sum(tree);
            discard(tree);
        }
        printf("%ld trees of depth %d: %ld\n", count, depth, total);
    }
    printf("long lived: %ld\n", sum(long_lived));
    discard(long_lived);
}
