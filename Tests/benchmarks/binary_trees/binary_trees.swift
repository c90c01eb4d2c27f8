final class Tree {
  let left: Tree?
  let label: Int
  let right: Tree?

  init(left: Tree?, label: Int, right: Tree?) {
    self.left = left
    self.label = label
    self.right = right
  }
}

func make(_ depth: Int, _ label: Int) -> Tree? {
  if depth == 0 { return nil }
  return Tree(left: make(depth - 1, 2 * label), label: label, right: make(depth - 1, 2 * label + 1))
}

func sum(_ tree: Tree?) -> Int {
  guard let tree else { return 0 }
  return sum(tree.left) + tree.label + sum(tree.right)
}

let deepest = Int(CommandLine.arguments.dropFirst().first ?? "") ?? 20
let longLived = make(deepest, 1)
for depth in stride(from: 4, through: deepest, by: 4) {
  let count = 1 << (deepest - depth)
  var total = 0
  for label in 1...count {
    total += sum(make(depth, label))
  }
  print("\(count) trees of depth \(depth): \(total)")
}
print("long lived: \(sum(longLived))")
