type color = Red | Black
type tree = Leaf | Node of color * tree * int * bool * tree

let balance_left left key value right =
  match left with
  | Node (Red, Node (Red, a, k, v, b), l, w, c) | Node (Red, a, k, v, Node (Red, b, l, w, c)) ->
    Node (Red, Node (Black, a, k, v, b), l, w, Node (Black, c, key, value, right))
  | _ -> Node (Black, left, key, value, right)

let balance_right left key value right =
  match right with
  | Node (Red, Node (Red, b, k, v, c), l, w, d) | Node (Red, b, k, v, Node (Red, c, l, w, d)) ->
    Node (Red, Node (Black, left, key, value, b), k, v, Node (Black, c, l, w, d))
  | _ -> Node (Black, left, key, value, right)

let rec inserted tree (key : int) value =
  match tree with
  | Leaf -> Node (Red, Leaf, key, value, Leaf)
  | Node (Red, left, k, v, right) ->
    if key < k then Node (Red, inserted left key value, k, v, right)
    else if key > k then Node (Red, left, k, v, inserted right key value)
    else Node (Red, left, k, value, right)
  | Node (Black, left, k, v, right) ->
    if key < k then balance_left (inserted left key value) k v right
    else if key > k then balance_right left k v (inserted right key value)
    else Node (Black, left, k, value, right)

let insert tree key value =
  match inserted tree key value with
  | Node (_, left, k, v, right) -> Node (Black, left, k, v, right)
  | Leaf -> Leaf

let rec build tree n random =
  if n = 0 then tree
  else build (insert tree random (random mod 10 = 0)) (n - 1) (random * 16807 mod 2147483647)

let rec count = function
  | Leaf -> 0
  | Node (_, left, _, value, right) -> count left + (if value then 1 else 0) + count right

let rec height = function
  | Leaf -> 0
  | Node (Red, left, _, _, _) -> height left
  | Node (Black, left, _, _, _) -> 1 + height left

let () =
  let n = if Array.length Sys.argv > 1 then int_of_string Sys.argv.(1) else 400000 in
  let tree = build Leaf n 42 in
  Printf.printf "%d %d\n" (count tree) (height tree)
