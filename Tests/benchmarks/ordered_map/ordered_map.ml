module Int_map = Map.Make (Int)

let next random = random * 16807 mod 2147483647

let rec build map n random =
  if n = 0 then map else build (Int_map.add (random mod 1000000) n map) (n - 1) (next random)

let rec look_up map n random sum =
  if n = 0 then sum
  else
    let value = match Int_map.find (random mod 1000000) map with v -> v | exception Not_found -> 1 in
    look_up map (n - 1) (next random) (sum + value)

let () =
  let n = if Array.length Sys.argv > 1 then int_of_string Sys.argv.(1) else 200000 in
  let map = build Int_map.empty n 42 in
  let checksum = Int_map.fold (fun key value acc -> ((acc * 31) + key + value) mod 1000003) map 0 in
  Printf.printf "%d %d %d\n" (Int_map.cardinal map) (look_up map (2 * n) 1 0) checksum
