// Expressions share their parts and are never freed one by one: an arena holds them all.
#include <stdio.h>
#include <stdlib.h>

typedef enum { NUM, X, ADD, MUL, POW, LN } Kind;

typedef struct Expr {
    Kind kind;
    union {
        long value;
        struct {
            const struct Expr *a, *b;
        };
    };
} Expr;

typedef struct Block {
    struct Block *next;
    Expr cells[16384];
} Block;

static Block *arena;
static size_t used;

static Expr *cell(Kind kind) {
    if (arena == NULL || used == sizeof arena->cells / sizeof *arena->cells) {
        Block *block = malloc(sizeof *block);
        block->next = arena;
        arena = block;
        used = 0;
    }
    Expr *e = &arena->cells[used++];
    e->kind = kind;
    return e;
}

static const Expr *num(long value) {
    Expr *e = cell(NUM);
    e->value = value;
    return e;
}

static const Expr *node(Kind kind, const Expr *a, const Expr *b) {
    Expr *e = cell(kind);
    e->a = a;
    e->b = b;
    return e;
}

static int is(const Expr *e, long value) { return e->kind == NUM && e->value == value; }

static const Expr *add(const Expr *a, const Expr *b) {
    if (a->kind == NUM && b->kind == NUM) return num(a->value + b->value);
    if (is(a, 0)) return b;
    if (is(b, 0)) return a;
    if (b->kind == NUM) return add(b, a);
    if (b->kind == ADD && b->a->kind == NUM)
        return a->kind == NUM ? add(num(a->value + b->a->value), b->b) : add(b->a, add(a, b->b));
    if (a->kind == ADD) return add(a->a, add(a->b, b));
    return node(ADD, a, b);
}

static const Expr *mul(const Expr *a, const Expr *b) {
    if (a->kind == NUM && b->kind == NUM) return num(a->value * b->value);
    if (is(a, 0) || is(b, 1)) return a;
    if (is(b, 0) || is(a, 1)) return b;
    if (b->kind == NUM) return mul(b, a);
    if (b->kind == MUL && b->a->kind == NUM)
        return a->kind == NUM ? mul(num(a->value * b->a->value), b->b) : mul(b->a, mul(a, b->b));
    if (a->kind == MUL) return mul(a->a, mul(a->b, b));
    return node(MUL, a, b);
}

static const Expr *power(const Expr *a, const Expr *b) {
    if (is(b, 0)) return num(1);
    if (is(b, 1) || is(a, 0)) return a;
    return node(POW, a, b);
}

static const Expr *ln(const Expr *a) { return is(a, 1) ? num(0) : node(LN, a, NULL); }

static const Expr *derive(const Expr *e) {
    switch (e->kind) {
    case NUM: return num(0);
    case X: return num(1);
    case ADD: return add(derive(e->a), derive(e->b));
    case MUL: return add(mul(e->a, derive(e->b)), mul(e->b, derive(e->a)));
    case POW:
        return mul(e, add(mul(mul(e->b, derive(e->a)), power(e->a, num(-1))), mul(ln(e->a), derive(e->b))));
    default: return mul(derive(e->a), power(e->a, num(-1)));
    }
}

static long nodes(const Expr *e) {
    switch (e->kind) {
    case NUM:
    case X: return 1;
    case LN: return 1 + nodes(e->a);
    default: return 1 + nodes(e->a) + nodes(e->b);
    }
}

int main(int argc, char **argv) {
    int last = argc > 1 ? atoi(argv[1]) : 9;
    const Expr *x = cell(X);
    const Expr *e = node(POW, x, x);
    for (int step = 0;; step++) {
        printf("%d %ld\n", step, nodes(e));
        if (step == last) break;
        e = derive(e);
    }
    while (arena != NULL) {
        Block *next = arena->next;
        free(arena);
        arena = next;
    }
}
