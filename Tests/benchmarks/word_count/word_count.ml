let next random = random * 16807 mod 2147483647

let rec spell buffer n =
  if n >= 70 then spell buffer (n / 70);
  let n = n mod 70 in
  Buffer.add_char buffer "bdfgklmnprstvz".[n / 5];
  Buffer.add_char buffer "aeiou".[n mod 5]

let word n =
  let buffer = Buffer.create 8 in
  spell buffer n;
  Buffer.contents buffer

let rec words n random acc =
  if n = 0 then acc else words (n - 1) (next random) (word (random mod 300 * (random / 300 mod 300)) :: acc)

let rec take n = function first :: rest when n > 0 -> first :: take (n - 1) rest | _ -> []

let () =
  let n = if Array.length Sys.argv > 1 then int_of_string Sys.argv.(1) else 400000 in
  let text = String.concat " " (words n 42 []) in
  let counts = Hashtbl.create 1024 in
  let count word =
    match Hashtbl.find_opt counts word with
    | Some cell -> incr cell
    | None -> Hashtbl.add counts word (ref 1)
  in
  List.iter count (String.split_on_char ' ' text);
  Printf.printf "%d %d\n" (String.length text) (Hashtbl.length counts);
  let entries = Hashtbl.fold (fun word cell acc -> (word, !cell) :: acc) counts [] in
  let by_rank (v, (m : int)) (w, n) = if m <> n then compare n m else String.compare v w in
  List.iter (fun (word, count) -> Printf.printf "%s %d\n" word count) (take 10 (List.sort by_rank entries))
