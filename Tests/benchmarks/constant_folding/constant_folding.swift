indirect enum Expr {
  case val(Int)
  case variable(Int)
  case add(Expr, Expr)
  case mul(Expr, Expr)
}

func reduced(_ n: Int) -> Int { n % 1_000_003 }

func make(_ depth: Int, _ seed: Int) -> Expr {
  if depth == 0 { return seed % 5 == 0 ? .variable(seed % 7) : .val(seed) }
  let a = make(depth - 1, reduced(seed * 7 + 1))
  let b = make(depth - 1, reduced(seed * 13 + 5))
  return seed % 3 == 0 ? .mul(a, b) : .add(a, b)
}

func appendSum(_ a: Expr, _ b: Expr) -> Expr {
  if case .add(let c, let d) = a { .add(c, appendSum(d, b)) } else { .add(a, b) }
}

func appendProduct(_ a: Expr, _ b: Expr) -> Expr {
  if case .mul(let c, let d) = a { .mul(c, appendProduct(d, b)) } else { .mul(a, b) }
}

func reassociate(_ e: Expr) -> Expr {
  switch e {
  case .add(let a, let b): appendSum(reassociate(a), reassociate(b))
  case .mul(let a, let b): appendProduct(reassociate(a), reassociate(b))
  case .val, .variable: e
  }
}

func sum(_ a: Expr, _ b: Expr) -> Expr {
  switch (a, b) {
  case (.val(let m), .val(let n)): .val(reduced(m + n))
  case (.val(0), _): b
  case (.val(let m), .add(.val(let n), let c)): .add(.val(reduced(m + n)), c)
  case (_, .val): .add(b, a)
  case (_, .add(.val(let n), let c)): .add(.val(n), .add(a, c))
  default: .add(a, b)
  }
}

func product(_ a: Expr, _ b: Expr) -> Expr {
  switch (a, b) {
  case (.val(let m), .val(let n)): .val(reduced(m * n))
  case (.val(0), _): a
  case (.val(1), _): b
  case (.val(let m), .mul(.val(let n), let c)): .mul(.val(reduced(m * n)), c)
  case (_, .val): .mul(b, a)
  case (_, .mul(.val(let n), let c)): .mul(.val(n), .mul(a, c))
  default: .mul(a, b)
  }
}

func fold(_ e: Expr) -> Expr {
  switch e {
  case .add(let a, let b): sum(fold(a), fold(b))
  case .mul(let a, let b): product(fold(a), fold(b))
  case .val, .variable: e
  }
}

func value(_ e: Expr) -> Int {
  switch e {
  case .val(let n): n
  case .variable(let n): n * n
  case .add(let a, let b): reduced(value(a) + value(b))
  case .mul(let a, let b): reduced(value(a) * value(b))
  }
}

func nodes(_ e: Expr) -> Int {
  switch e {
  case .add(let a, let b), .mul(let a, let b): 1 + nodes(a) + nodes(b)
  case .val, .variable: 1
  }
}

let e = make(Int(CommandLine.arguments.dropFirst().first ?? "") ?? 20, 42)
let folded = fold(reassociate(e))
print(nodes(e), value(e), nodes(folded), value(folded))
