func steps(_ cx: Double, _ cy: Double) -> Int {
  var x = 0.0
  var y = 0.0
  var n = 0
  while n < 100 && x * x + y * y <= 4 {
    (x, y) = (x * x - y * y + cx, 2 * x * y + cy)
    n += 1
  }
  return n
}

let width = Int(CommandLine.arguments.dropFirst().first ?? "") ?? 2000

func square() -> Int {
  let side = Double(width)
  var total = 0
  for line in 0..<width {
    let cy = 3 * Double(line) / side - 1.5
    for column in 0..<width {
      total += steps(3 * Double(column) / side - 2, cy)
    }
  }
  return total
}

print(square())
