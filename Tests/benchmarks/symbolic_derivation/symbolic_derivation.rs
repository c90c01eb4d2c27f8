// Expressions share their parts, so they are counted.
use std::rc::Rc;

enum Expr {
    Num(i64),
    X,
    Add(Rc<Expr>, Rc<Expr>),
    Mul(Rc<Expr>, Rc<Expr>),
    Pow(Rc<Expr>, Rc<Expr>),
    Ln(Rc<Expr>),
}

use Expr::*;

fn num(n: i64) -> Rc<Expr> {
    Rc::new(Num(n))
}

fn add(a: Rc<Expr>, b: Rc<Expr>) -> Rc<Expr> {
    match (&*a, &*b) {
        (Num(m), Num(n)) => num(m + n),
        (Num(0), _) => b,
        (_, Num(0)) => a,
        (_, Num(_)) => add(b, a),
        (_, Add(c, d)) if matches!(**c, Num(_)) => match (&*a, &**c) {
            (Num(m), Num(n)) => add(num(m + n), d.clone()),
            _ => add(c.clone(), add(a, d.clone())),
        },
        (Add(c, d), _) => add(c.clone(), add(d.clone(), b)),
        _ => Rc::new(Add(a, b)),
    }
}

fn mul(a: Rc<Expr>, b: Rc<Expr>) -> Rc<Expr> {
    match (&*a, &*b) {
        (Num(m), Num(n)) => num(m * n),
        (Num(0), _) | (_, Num(1)) => a,
        (_, Num(0)) | (Num(1), _) => b,
        (_, Num(_)) => mul(b, a),
        (_, Mul(c, d)) if matches!(**c, Num(_)) => match (&*a, &**c) {
            (Num(m), Num(n)) => mul(num(m * n), d.clone()),
            _ => mul(c.clone(), mul(a, d.clone())),
        },
        (Mul(c, d), _) => mul(c.clone(), mul(d.clone(), b)),
        _ => Rc::new(Mul(a, b)),
    }
}

fn pow(a: Rc<Expr>, b: Rc<Expr>) -> Rc<Expr> {
    match (&*a, &*b) {
        (_, Num(0)) => num(1),
        (_, Num(1)) | (Num(0), _) => a,
        _ => Rc::new(Pow(a, b)),
    }
}

fn ln(a: Rc<Expr>) -> Rc<Expr> {
    match *a {
        Num(1) => num(0),
        _ => Rc::new(Ln(a)),
    }
}

fn derive(e: &Rc<Expr>) -> Rc<Expr> {
    match &**e {
        Num(_) => num(0),
        X => num(1),
        Add(a, b) => add(derive(a), derive(b)),
        Mul(a, b) => add(mul(a.clone(), derive(b)), mul(b.clone(), derive(a))),
        Pow(a, b) => mul(
            e.clone(),
            add(
                mul(mul(b.clone(), derive(a)), pow(a.clone(), num(-1))),
                mul(ln(a.clone()), derive(b)),
            ),
        ),
        Ln(a) => mul(derive(a), pow(a.clone(), num(-1))),
    }
}

fn nodes(e: &Expr) -> i64 {
    match e {
        Num(_) | X => 1,
        Add(a, b) | Mul(a, b) | Pow(a, b) => 1 + nodes(a) + nodes(b),
        Ln(a) => 1 + nodes(a),
    }
}

fn main() {
    let last: i64 = std::env::args().nth(1).map_or(9, |text| text.parse().unwrap());
    let mut e = Rc::new(Pow(Rc::new(X), Rc::new(X)));
    println!("0 {}", nodes(&e));
    for step in 1..=last {
        e = derive(&e);
        println!("{step} {}", nodes(&e));
    }
}
