type tree = Leaf | Node of tree * int * tree

let rec make depth label =
  if depth = 0 then Leaf
  else Node (make (depth - 1) (2 * label), label, make (depth - 1) ((2 * label) + 1))

let rec sum = function Leaf -> 0 | Node (left, label, right) -> sum left + label + sum right

let rec sums depth count acc =
  if count = 0 then acc else sums depth (count - 1) (acc + sum (make depth count))

let rec report depth deepest =
  if depth <= deepest then begin
    let count = 1 lsl (deepest - depth) in
    Printf.printf "%d trees of depth %d: %d\n" count depth (sums depth count 0);
    report (depth + 4) deepest
  end

let () =
  let deepest = if Array.length Sys.argv > 1 then int_of_string Sys.argv.(1) else 20 in
  let long_lived = make deepest 1 in
  report 4 deepest;
  Printf.printf "long lived: %d\n" (sum long_lived)
