let steps cx cy =
  let x = ref 0.0 and y = ref 0.0 and n = ref 0 in
  while !n < 100 && (!x *. !x) +. (!y *. !y) <= 4.0 do
    let next = (!x *. !x) -. (!y *. !y) +. cx in
    y := (2.0 *. !x *. !y) +. cy;
    x := next;
    incr n
  done;
  !n

let square width =
  let side = float_of_int width in
  let total = ref 0 in
  for line = 0 to width - 1 do
    let cy = (3.0 *. float_of_int line /. side) -. 1.5 in
    for column = 0 to width - 1 do
      total := !total + steps ((3.0 *. float_of_int column /. side) -. 2.0) cy
    done
  done;
  !total

let () =
  let width = if Array.length Sys.argv > 1 then int_of_string Sys.argv.(1) else 2000 in
  print_endline (string_of_int (square width))
