let consonants = Array("bdfgklmnprstvz")
let vowels = Array("aeiou")

func spell(_ n: Int, into word: inout String) {
  if n >= 70 { spell(n / 70, into: &word) }
  word.append(consonants[n % 70 / 5])
  word.append(vowels[n % 5])
}

func words(_ n: Int) -> [String] {
  var random = 42
  var words: [String] = []
  words.reserveCapacity(n)
  for _ in 0..<n {
    var word = ""
    spell(random % 300 * (random / 300 % 300), into: &word)
    words.append(word)
    random = random * 16807 % 2_147_483_647
  }
  words.reverse()
  return words
}

func run(_ n: Int) {
  let text = words(n).joined(separator: " ")
  var counts: [Substring: Int] = [:]
  for word in text.split(separator: " ") {
    counts[word, default: 0] += 1
  }
  print(text.utf8.count, counts.count)
  let ranking = counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
  for (word, count) in ranking.prefix(10) {
    print(word, count)
  }
}

run(Int(CommandLine.arguments.dropFirst().first ?? "") ?? 400_000)
