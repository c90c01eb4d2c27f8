"use strict";
// Nodes are changed and rotated in place on the way back from the insertion.

class Node {
  constructor(key, value) {
    this.left = null;
    this.right = null;
    this.key = key;
    this.red = true;
    this.value = value;
  }
}

const isRed = (node) => node !== null && node.red;

// Makes `middle` the red root of the black nodes `left` and `right`.
function join(left, middle, right) {
  left.right = middle.left;
  right.left = middle.right;
  middle.left = left;
  middle.right = right;
  left.red = right.red = false;
  middle.red = true;
  return middle;
}

function balanceLeft(node) {
  const left = node.left;
  if (!isRed(left)) return node;
  if (isRed(left.left)) {
    node.left = left.right;
    left.right = node;
    left.left.red = node.red = false;
    return left;
  }
  return isRed(left.right) ? join(left, left.right, node) : node;
}

function balanceRight(node) {
  const right = node.right;
  if (!isRed(right)) return node;
  if (isRed(right.left)) return join(node, right.left, right);
  if (isRed(right.right)) {
    node.right = right.left;
    right.left = node;
    right.right.red = node.red = false;
    return right;
  }
  return node;
}

function inserted(node, key, value) {
  if (node === null) return new Node(key, value);
  if (key < node.key) {
    node.left = inserted(node.left, key, value);
    return node.red ? node : balanceLeft(node);
  }
  if (key > node.key) {
    node.right = inserted(node.right, key, value);
    return node.red ? node : balanceRight(node);
  }
  node.value = value;
  return node;
}

function count(node) {
  return node === null ? 0 : count(node.left) + (node.value ? 1 : 0) + count(node.right);
}

function height(node) {
  return node === null ? 0 : height(node.left) + (node.red ? 0 : 1);
}

let tree = null;
let random = 42;
for (let n = Number(process.argv[2] ?? 400000); n > 0; n--) {
  tree = inserted(tree, random, random % 10 === 0);
  tree.red = false;
  random = (random * 16807) % 2147483647;
}
console.log(`${count(tree)} ${height(tree)}`);
