func fib(_ n: Int) -> Int {
  n < 2 ? n : fib(n - 1) + fib(n - 2)
}

let n = Int(CommandLine.arguments.dropFirst().first ?? "") ?? 38
print(fib(n))
