// Nodes are changed and rotated in place on the way back from the insertion.
final class Node {
  var left: Node?
  var right: Node?
  let key: Int
  var red = true
  var value: Bool

  init(key: Int, value: Bool) {
    self.key = key
    self.value = value
  }
}

/// Makes `middle` the red root of the black nodes `left` and `right`.
func join(_ left: Node, _ middle: Node, _ right: Node) -> Node {
  left.right = middle.left
  right.left = middle.right
  middle.left = left
  middle.right = right
  left.red = false
  right.red = false
  middle.red = true
  return middle
}

func balanceLeft(_ node: Node) -> Node {
  guard let left = node.left, left.red else { return node }
  if let outer = left.left, outer.red {
    node.left = left.right
    left.right = node
    outer.red = false
    node.red = false
    return left
  }
  if let middle = left.right, middle.red { return join(left, middle, node) }
  return node
}

func balanceRight(_ node: Node) -> Node {
  guard let right = node.right, right.red else { return node }
  if let middle = right.left, middle.red { return join(node, middle, right) }
  if let outer = right.right, outer.red {
    node.right = right.left
    right.left = node
    outer.red = false
    node.red = false
    return right
  }
  return node
}

func inserted(_ tree: Node?, _ key: Int, _ value: Bool) -> Node {
  guard let node = tree else { return Node(key: key, value: value) }
  if key < node.key {
    node.left = inserted(node.left, key, value)
    return node.red ? node : balanceLeft(node)
  }
  if key > node.key {
    node.right = inserted(node.right, key, value)
    return node.red ? node : balanceRight(node)
  }
  node.value = value
  return node
}

func count(_ tree: Node?) -> Int {
  guard let node = tree else { return 0 }
  return count(node.left) + (node.value ? 1 : 0) + count(node.right)
}

func height(_ tree: Node?) -> Int {
  guard let node = tree else { return 0 }
  return height(node.left) + (node.red ? 0 : 1)
}

func build(_ n: Int) -> Node? {
  var tree: Node?
  var random = 42
  for _ in 0..<n {
    let root = inserted(tree, random, random % 10 == 0)
    root.red = false
    tree = root
    random = random * 16807 % 2_147_483_647
  }
  return tree
}

let tree = build(Int(CommandLine.arguments.dropFirst().first ?? "") ?? 400_000)
print(count(tree), height(tree))
