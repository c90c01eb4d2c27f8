// The original stays, so what is reassociated is a copy; folding consumes it.
enum Expr {
    Val(i64),
    Var(i64),
    Add(Box<Expr>, Box<Expr>),
    Mul(Box<Expr>, Box<Expr>),
}

use Expr::*;

const PRIME: i64 = 1_000_003;

fn make(depth: u32, seed: i64) -> Expr {
    if depth == 0 {
        return if seed % 5 == 0 { Var(seed % 7) } else { Val(seed) };
    }
    let a = Box::new(make(depth - 1, (seed * 7 + 1) % PRIME));
    let b = Box::new(make(depth - 1, (seed * 13 + 5) % PRIME));
    if seed % 3 == 0 { Mul(a, b) } else { Add(a, b) }
}

fn append_sum(a: Expr, b: Expr) -> Expr {
    match a {
        Add(c, mut d) => {
            *d = append_sum(*d, b);
            Add(c, d)
        }
        _ => Add(Box::new(a), Box::new(b)),
    }
}

fn append_product(a: Expr, b: Expr) -> Expr {
    match a {
        Mul(c, mut d) => {
            *d = append_product(*d, b);
            Mul(c, d)
        }
        _ => Mul(Box::new(a), Box::new(b)),
    }
}

fn reassociate(e: &Expr) -> Expr {
    match e {
        Add(a, b) => append_sum(reassociate(a), reassociate(b)),
        Mul(a, b) => append_product(reassociate(a), reassociate(b)),
        Val(n) => Val(*n),
        Var(n) => Var(*n),
    }
}

fn sum(a: Expr, b: Expr) -> Expr {
    match (a, b) {
        (Val(m), Val(n)) => Val((m + n) % PRIME),
        (Val(0), b) => b,
        (a, b @ Val(_)) => Add(Box::new(b), Box::new(a)),
        (a, Add(mut c, d)) => match (a, &mut *c) {
            (Val(m), Val(n)) => {
                *n = (m + *n) % PRIME;
                Add(c, d)
            }
            (a, Val(_)) => Add(c, Box::new(Add(Box::new(a), d))),
            (a, _) => Add(Box::new(a), Box::new(Add(c, d))),
        },
        (a, b) => Add(Box::new(a), Box::new(b)),
    }
}

fn product(a: Expr, b: Expr) -> Expr {
    match (a, b) {
        (Val(m), Val(n)) => Val(m * n % PRIME),
        (Val(0), _) => Val(0),
        (Val(1), b) => b,
        (a, b @ Val(_)) => Mul(Box::new(b), Box::new(a)),
        (a, Mul(mut c, d)) => match (a, &mut *c) {
            (Val(m), Val(n)) => {
                *n = m * *n % PRIME;
                Mul(c, d)
            }
            (a, Val(_)) => Mul(c, Box::new(Mul(Box::new(a), d))),
            (a, _) => Mul(Box::new(a), Box::new(Mul(c, d))),
        },
        (a, b) => Mul(Box::new(a), Box::new(b)),
    }
}

fn fold(e: Expr) -> Expr {
    match e {
        Add(a, b) => sum(fold(*a), fold(*b)),
        Mul(a, b) => product(fold(*a), fold(*b)),
        e => e,
    }
}

fn value(e: &Expr) -> i64 {
    match e {
        Val(n) => *n,
        Var(n) => n * n,
        Add(a, b) => (value(a) + value(b)) % PRIME,
        Mul(a, b) => value(a) * value(b) % PRIME,
    }
}

fn nodes(e: &Expr) -> i64 {
    match e {
        Add(a, b) | Mul(a, b) => 1 + nodes(a) + nodes(b),
        Val(_) | Var(_) => 1,
    }
}

fn main() {
    let e = make(std::env::args().nth(1).map_or(20, |text| text.parse().unwrap()), 42);
    let folded = fold(reassociate(&e));
    println!("{} {} {} {}", nodes(&e), value(&e), nodes(&folded), value(&folded));
}
