let names = ["alpha", "beta", "gamma"]

func rows(_ n: Int) -> String {
  var text = ""
  for i in 0..<n {
    text += "\(i): \(i * i % 1009) \(names[i % 3])\n"
  }
  return text
}

func nested(_ text: inout String, _ depth: Int, _ label: Int) {
  if depth == 0 {
    text += String(label)
    return
  }
  text += "("
  nested(&text, depth - 1, 2 * label)
  text += " "
  nested(&text, depth - 1, 2 * label + 1)
  text += ")"
}

func report(_ text: String) {
  let checksum = text.utf8.reduce(0) { ($0 * 31 + Int($1)) % 1_000_003 }
  print(text.utf8.count, checksum)
}

let n = Int(CommandLine.arguments.dropFirst().first ?? "") ?? 18
report(rows(n * n * n * 150))
var text = ""
nested(&text, n, 1)
report(text)
