// An array of columns as a stack.
func isSafe(_ column: Int, _ placed: [Int]) -> Bool {
  for row in stride(from: placed.count - 1, through: 0, by: -1)
  where placed[row] == column || abs(placed[row] - column) == placed.count - row {
    return false
  }
  return true
}

func place(_ n: Int, _ placed: inout [Int]) -> Int {
  if placed.count == n { return 1 }
  var count = 0
  for column in 0..<n where isSafe(column, placed) {
    placed.append(column)
    count += place(n, &placed)
    placed.removeLast()
  }
  return count
}

let n = Int(CommandLine.arguments.dropFirst().first ?? "") ?? 13
var board: [Int] = []
print(place(n, &board))
