type expr = Val of int | Var of int | Add of expr * expr | Mul of expr * expr

let reduced n = n mod 1000003

let rec make depth seed =
  if depth = 0 then if seed mod 5 = 0 then Var (seed mod 7) else Val seed
  else
    let a = make (depth - 1) (reduced ((seed * 7) + 1)) in
    let b = make (depth - 1) (reduced ((seed * 13) + 5)) in
    if seed mod 3 = 0 then Mul (a, b) else Add (a, b)

let rec append_sum a b = match a with Add (c, d) -> Add (c, append_sum d b) | _ -> Add (a, b)
let rec append_product a b = match a with Mul (c, d) -> Mul (c, append_product d b) | _ -> Mul (a, b)

let rec reassociate e =
  match e with
  | Add (a, b) -> append_sum (reassociate a) (reassociate b)
  | Mul (a, b) -> append_product (reassociate a) (reassociate b)
  | Val _ | Var _ -> e

let sum a b =
  match a, b with
  | Val m, Val n -> Val (reduced (m + n))
  | Val 0, _ -> b
  | Val m, Add (Val n, c) -> Add (Val (reduced (m + n)), c)
  | _, Val _ -> Add (b, a)
  | _, Add ((Val _ as n), c) -> Add (n, Add (a, c))
  | _ -> Add (a, b)

let product a b =
  match a, b with
  | Val m, Val n -> Val (reduced (m * n))
  | Val 0, _ -> a
  | Val 1, _ -> b
  | Val m, Mul (Val n, c) -> Mul (Val (reduced (m * n)), c)
  | _, Val _ -> Mul (b, a)
  | _, Mul ((Val _ as n), c) -> Mul (n, Mul (a, c))
  | _ -> Mul (a, b)

let rec fold e =
  match e with
  | Add (a, b) -> sum (fold a) (fold b)
  | Mul (a, b) -> product (fold a) (fold b)
  | Val _ | Var _ -> e

let rec value = function
  | Val n -> n
  | Var n -> n * n
  | Add (a, b) -> reduced (value a + value b)
  | Mul (a, b) -> reduced (value a * value b)

let rec nodes = function Add (a, b) | Mul (a, b) -> 1 + nodes a + nodes b | Val _ | Var _ -> 1

let () =
  let e = make (if Array.length Sys.argv > 1 then int_of_string Sys.argv.(1) else 20) 42 in
  let folded = fold (reassociate e) in
  Printf.printf "%d %d %d %d\n" (nodes e) (value e) (nodes folded) (value folded)
