(* Zarith, OCaml's library for big integers over GMP. *)
let rec factorial n acc = if n = 0 then acc else factorial (n - 1) (Z.mul (Z.of_int n) acc)

let digit_sum text =
  let sum = ref 0 in
  String.iter (fun c -> sum := !sum + Char.code c - 48) text;
  !sum

let rec rounds n total =
  if n = 0 then total else rounds (n - 1) (total + digit_sum (Z.to_string (factorial (3000 + n) Z.one)))

let () =
  let n = if Array.length Sys.argv > 1 then int_of_string Sys.argv.(1) else 200 in
  print_endline (string_of_int (rounds n 0))
