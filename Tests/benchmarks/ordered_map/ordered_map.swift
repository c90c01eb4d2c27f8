// Swift has no ordered map: a dictionary, which is sorted where the order matters.
func next(_ random: Int) -> Int { random * 16807 % 2_147_483_647 }

func run(_ n: Int) {
  var entries: [Int: Int] = [:]
  var random = 42
  for value in stride(from: n, to: 0, by: -1) {
    entries[random % 1_000_000] = value
    random = next(random)
  }
  random = 1
  var sum = 0
  for _ in 0..<2 * n {
    sum += entries[random % 1_000_000] ?? 1
    random = next(random)
  }
  let checksum = entries.sorted { $0.key < $1.key }.reduce(0) { ($0 * 31 + $1.key + $1.value) % 1_000_003 }
  print(entries.count, sum, checksum)
}

run(Int(CommandLine.arguments.dropFirst().first ?? "") ?? 200_000)
