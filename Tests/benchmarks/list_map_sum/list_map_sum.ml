let scrambled x = ((x * x) + (3 * x)) mod 10007

let rec range first last acc = if first > last then acc else range first (last - 1) (last :: acc)

let rec rounds n length acc =
  if n = 0 then acc
  else
    let numbers = List.rev (List.rev_map scrambled (range n (n + length - 1) [])) in
    let odd = List.filter (fun x -> x mod 2 = 1) numbers in
    rounds (n - 1) length (acc + List.fold_left ( + ) 0 odd)

let () =
  let n = if Array.length Sys.argv > 1 then int_of_string Sys.argv.(1) else 200 in
  print_endline (string_of_int (rounds n (n * 500) 0))
