// Nodes are owned by their parents, changed and rotated in place on the way back from the insertion.
struct Node {
    left: Tree,
    right: Tree,
    key: i64,
    red: bool,
    value: bool,
}

type Tree = Option<Box<Node>>;

fn is_red(tree: &Tree) -> bool {
    tree.as_ref().is_some_and(|node| node.red)
}

/// Makes `middle` the red root of the black nodes `left` and `right`.
fn join(mut left: Box<Node>, mut middle: Box<Node>, mut right: Box<Node>) -> Box<Node> {
    left.right = middle.left.take();
    right.left = middle.right.take();
    left.red = false;
    right.red = false;
    middle.red = true;
    middle.left = Some(left);
    middle.right = Some(right);
    middle
}

fn balance_left(mut node: Box<Node>) -> Box<Node> {
    match node.left.take() {
        Some(mut left) if left.red => {
            if is_red(&left.left) {
                let middle_right = left.right.take();
                let outer = left.left.take();
                node.left = middle_right;
                node.red = false;
                left.left = outer.map(|mut outer| {
                    outer.red = false;
                    outer
                });
                left.right = Some(node);
                left
            } else if is_red(&left.right) {
                let middle = left.right.take().unwrap();
                join(left, middle, node)
            } else {
                node.left = Some(left);
                node
            }
        }
        left => {
            node.left = left;
            node
        }
    }
}

fn balance_right(mut node: Box<Node>) -> Box<Node> {
    match node.right.take() {
        Some(mut right) if right.red => {
            if is_red(&right.left) {
                let middle = right.left.take().unwrap();
                join(node, middle, right)
            } else if is_red(&right.right) {
                node.right = right.left.take();
                node.red = false;
                if let Some(outer) = right.right.as_mut() {
                    outer.red = false;
                }
                right.left = Some(node);
                right
            } else {
                node.right = Some(right);
                node
            }
        }
        right => {
            node.right = right;
            node
        }
    }
}

fn inserted(tree: Tree, key: i64, value: bool) -> Box<Node> {
    let Some(mut node) = tree else {
        return Box::new(Node { left: None, right: None, key, red: true, value });
    };
    if key < node.key {
        node.left = Some(inserted(node.left.take(), key, value));
        if node.red { node } else { balance_left(node) }
    } else if key > node.key {
        node.right = Some(inserted(node.right.take(), key, value));
        if node.red { node } else { balance_right(node) }
    } else {
        node.value = value;
        node
    }
}

fn count(tree: &Tree) -> i64 {
    tree.as_ref().map_or(0, |node| count(&node.left) + i64::from(node.value) + count(&node.right))
}

fn height(tree: &Tree) -> i64 {
    tree.as_ref().map_or(0, |node| height(&node.left) + i64::from(!node.red))
}

fn main() {
    let n: i64 = std::env::args().nth(1).map_or(400_000, |text| text.parse().unwrap());
    let mut tree: Tree = None;
    let mut random = 42;
    for _ in 0..n {
        let mut root = inserted(tree, random, random % 10 == 0);
        root.red = false;
        tree = Some(root);
        random = random * 16807 % 2147483647;
    }
    println!("{} {}", count(&tree), height(&tree));
}
