// Arrays instead of lists.
func scrambled(_ x: Int) -> Int {
  (x * x + 3 * x) % 10007
}

func round(from first: Int, length: Int) -> Int {
  let numbers = Array(first..<first + length)
  return numbers.map(scrambled).filter { $0 % 2 == 1 }.reduce(0, +)
}

let n = Int(CommandLine.arguments.dropFirst().first ?? "") ?? 200
var total = 0
for first in 1...n {
  total += round(from: first, length: n * 500)
}
print(total)
