struct Node {
    left: Tree,
    label: i64,
    right: Tree,
}

type Tree = Option<Box<Node>>;

fn make(depth: u32, label: i64) -> Tree {
    if depth == 0 {
        return None;
    }
    Some(Box::new(Node {
        left: make(depth - 1, 2 * label),
        label,
        right: make(depth - 1, 2 * label + 1),
    }))
}

fn sum(tree: &Tree) -> i64 {
    match tree {
        None => 0,
        Some(node) => sum(&node.left) + node.label + sum(&node.right),
    }
}

fn main() {
    let deepest: u32 = std::env::args().nth(1).map_or(20, |text| text.parse().unwrap());
    let long_lived = make(deepest, 1);
    for depth in (4..=deepest).step_by(4) {
        let count = 1i64 << (deepest - depth);
        let total: i64 = (1..=count).map(|label| sum(&make(depth, label))).sum();
        println!("{count} trees of depth {depth}: {total}");
    }
    println!("long lived: {}", sum(&long_lived));
}
