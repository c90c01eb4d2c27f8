// Nodes are changed and rotated in place on the way back from the insertion.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct Node {
    struct Node *left, *right;
    long key;
    bool red, value;
} Node;

static bool is_red(const Node *node) { return node != NULL && node->red; }

// Makes `middle` the red root of the black nodes `left` and `right`.
static Node *join(Node *left, Node *middle, Node *right) {
    left->right = middle->left;
    right->left = middle->right;
    middle->left = left;
    middle->right = right;
    left->red = right->red = false;
    middle->red = true;
    return middle;
}

static Node *balance_left(Node *node) {
    Node *left = node->left;
    if (!is_red(left)) return node;
    if (is_red(left->left)) {
        node->left = left->right;
        left->right = node;
        left->left->red = node->red = false;
        left->red = true;
        return left;
    }
    return is_red(left->right) ? join(left, left->right, node) : node;
}

static Node *balance_right(Node *node) {
    Node *right = node->right;
    if (!is_red(right)) return node;
    if (is_red(right->left)) return join(node, right->left, right);
    if (is_red(right->right)) {
        node->right = right->left;
        right->left = node;
        right->right->red = node->red = false;
        right->red = true;
        return right;
    }
    return node;
}

static Node *inserted(Node *node, long key, bool value) {
    if (node == NULL) {
        node = malloc(sizeof *node);
        *node = (Node){.key = key, .value = value, .red = true};
    } else if (key < node->key) {
        node->left = inserted(node->left, key, value);
        if (!node->red) return balance_left(node);
    } else if (key > node->key) {
        node->right = inserted(node->right, key, value);
        if (!node->red) return balance_right(node);
    } else {
        node->value = value;
    }
    return node;
}

static long count(const Node *node) {
    return node == NULL ? 0 : count(node->left) + node->value + count(node->right);
}

static long height(const Node *node) { return node == NULL ? 0 : height(node->left) + !node->red; }

static void discard(Node *node) {
    if (node == NULL) return;
    discard(node->left);
    discard(node->right);
    free(node);
}

int main(int argc, char **argv) {
    Node *tree = NULL;
    long random = 42;
    for (long n = argc > 1 ? atol(argv[1]) : 400000; n > 0; n--) {
        tree = inserted(tree, random, random % 10 == 0);
        tree->red = false;
        random = random * 16807 % 2147483647;
    }
    printf("%ld %ld\n", count(tree), height(tree));
    discard(tree);
}
