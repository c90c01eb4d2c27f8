func primes(below limit: Int) -> Int {
  var flags = [Bool](repeating: true, count: limit)
  var n = 2
  while n * n < limit {
    if flags[n] {
      for multiple in stride(from: n * n, to: limit, by: n) {
        flags[multiple] = false
      }
    }
    n += 1
  }
  var count = 0
  for n in 2..<limit where flags[n] {
    count += 1
  }
  return count
}

let n = Int(CommandLine.arguments.dropFirst().first ?? "") ?? 100
var total = 0
for i in 0..<n {
  total += primes(below: n * 10_000 - i)
}
print(total)
