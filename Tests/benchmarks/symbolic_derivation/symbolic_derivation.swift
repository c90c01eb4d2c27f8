indirect enum Expr {
  case num(Int)
  case x
  case add(Expr, Expr)
  case mul(Expr, Expr)
  case pow(Expr, Expr)
  case ln(Expr)
}

func add(_ a: Expr, _ b: Expr) -> Expr {
  switch (a, b) {
  case (.num(let m), .num(let n)): .num(m + n)
  case (.num(0), _): b
  case (_, .num(0)): a
  case (_, .num): add(b, a)
  case (.num(let m), .add(.num(let n), let c)): add(.num(m + n), c)
  case (_, .add(.num(let n), let c)): add(.num(n), add(a, c))
  case (.add(let c, let d), _): add(c, add(d, b))
  default: .add(a, b)
  }
}

func mul(_ a: Expr, _ b: Expr) -> Expr {
  switch (a, b) {
  case (.num(let m), .num(let n)): .num(m * n)
  case (.num(0), _): a
  case (_, .num(0)): b
  case (.num(1), _): b
  case (_, .num(1)): a
  case (_, .num): mul(b, a)
  case (.num(let m), .mul(.num(let n), let c)): mul(.num(m * n), c)
  case (_, .mul(.num(let n), let c)): mul(.num(n), mul(a, c))
  case (.mul(let c, let d), _): mul(c, mul(d, b))
  default: .mul(a, b)
  }
}

func pow(_ a: Expr, _ b: Expr) -> Expr {
  switch (a, b) {
  case (_, .num(0)): .num(1)
  case (_, .num(1)): a
  case (.num(0), _): a
  default: .pow(a, b)
  }
}

func ln(_ a: Expr) -> Expr {
  if case .num(1) = a { .num(0) } else { .ln(a) }
}

func derive(_ e: Expr) -> Expr {
  switch e {
  case .num: .num(0)
  case .x: .num(1)
  case .add(let a, let b): add(derive(a), derive(b))
  case .mul(let a, let b): add(mul(a, derive(b)), mul(b, derive(a)))
  case .pow(let a, let b):
    mul(e, add(mul(mul(b, derive(a)), pow(a, .num(-1))), mul(ln(a), derive(b))))
  case .ln(let a): mul(derive(a), pow(a, .num(-1)))
  }
}

func nodes(_ e: Expr) -> Int {
  switch e {
  case .num, .x: 1
  case .add(let a, let b), .mul(let a, let b), .pow(let a, let b): 1 + nodes(a) + nodes(b)
  case .ln(let a): 1 + nodes(a)
  }
}

let last = Int(CommandLine.arguments.dropFirst().first ?? "") ?? 9
var e = Expr.pow(.x, .x)
print(0, nodes(e))
for step in 1...last {
  e = derive(e)
  print(step, nodes(e))
}
