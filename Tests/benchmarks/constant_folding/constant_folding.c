// The original stays, so what is reassociated is a copy, which is then folded in place.
#include <stdio.h>
#include <stdlib.h>

typedef enum { VAL, VAR, ADD, MUL } Kind;

typedef struct Expr {
    Kind kind;
    union {
        long n;
        struct {
            struct Expr *a, *b;
        };
    };
} Expr;

static const long prime = 1000003;

static Expr *leaf(Kind kind, long n) {
    Expr *e = malloc(sizeof *e);
    e->kind = kind;
    e->n = n;
    return e;
}

static Expr *node(Kind kind, Expr *a, Expr *b) {
    Expr *e = malloc(sizeof *e);
    e->kind = kind;
    e->a = a;
    e->b = b;
    return e;
}

static Expr *make(int depth, long seed) {
    if (depth == 0) return seed % 5 == 0 ? leaf(VAR, seed % 7) : leaf(VAL, seed);
    Expr *a = make(depth - 1, (seed * 7 + 1) % prime);
    return node(seed % 3 == 0 ? MUL : ADD, a, make(depth - 1, (seed * 13 + 5) % prime));
}

// Puts `b` behind the last operand of `a`, which leans to the right.
static Expr *append(Kind kind, Expr *a, Expr *b) {
    Expr **end = &a;
    while ((*end)->kind == kind) end = &(*end)->b;
    *end = node(kind, *end, b);
    return a;
}

static Expr *reassociate(const Expr *e) {
    if (e->kind == VAL || e->kind == VAR) return leaf(e->kind, e->n);
    Expr *a = reassociate(e->a);
    return append(e->kind, a, reassociate(e->b));
}

static Expr *fold(Expr *e) {
    if (e->kind == VAL || e->kind == VAR) return e;
    Expr *a = e->a = fold(e->a), *b = e->b = fold(e->b);
    if (a->kind == VAL && b->kind == VAL) {
        a->n = (e->kind == ADD ? a->n + b->n : a->n * b->n) % prime;
        free(b);
        free(e);
        return a;
    }
    if (a->kind == VAL && a->n == (e->kind == ADD ? 0 : 1)) {
        free(a);
        free(e);
        return b;
    }
    if (a->kind == VAL && a->n == 0) {  // the rest of a product of 0 is left to the end of the program
        free(e);
        return a;
    }
    if (b->kind == e->kind && b->a->kind == VAL) {
        if (a->kind == VAL) {
            b->a->n = (e->kind == ADD ? a->n + b->a->n : a->n * b->a->n) % prime;
            free(a);
            free(e);
            return b;
        }
        e->a = b->a;
        b->a = a;
    } else if (b->kind == VAL) {
        e->a = b;
        e->b = a;
    }
    return e;
}

static long value(const Expr *e) {
    switch (e->kind) {
    case VAL: return e->n;
    case VAR: return e->n * e->n;
    case ADD: return (value(e->a) + value(e->b)) % prime;
    default: return value(e->a) * value(e->b) % prime;
    }
}

static long nodes(const Expr *e) {
    return e->kind == VAL || e->kind == VAR ? 1 : 1 + nodes(e->a) + nodes(e->b);
}

static void discard(Expr *e) {
    if (e->kind == ADD || e->kind == MUL) {
        discard(e->a);
        discard(e->b);
    }
    free(e);
}

int main(int argc, char **argv) {
    Expr *e = make(argc > 1 ? atoi(argv[1]) : 20, 42);
    Expr *folded = fold(reassociate(e));
    printf("%ld %ld %ld %ld\n", nodes(e), value(e), nodes(folded), value(folded));
    discard(e);
    discard(folded);
}
