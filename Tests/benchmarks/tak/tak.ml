let rec tak (x : int) (y : int) (z : int) =
  if y < x then tak (tak (x - 1) y z) (tak (y - 1) z x) (tak (z - 1) x y) else z

let () =
  let n = if Array.length Sys.argv > 1 then int_of_string Sys.argv.(1) else 10 in
  print_endline (string_of_int (tak (3 * n) (2 * n) n))
