type expr =
  | Num of int
  | X
  | Add of expr * expr
  | Mul of expr * expr
  | Pow of expr * expr
  | Ln of expr

let rec add a b =
  match a, b with
  | Num m, Num n -> Num (m + n)
  | Num 0, _ -> b
  | _, Num 0 -> a
  | _, Num _ -> add b a
  | Num m, Add (Num n, c) -> add (Num (m + n)) c
  | _, Add ((Num _ as n), c) -> add n (add a c)
  | Add (c, d), _ -> add c (add d b)
  | _ -> Add (a, b)

let rec mul a b =
  match a, b with
  | Num m, Num n -> Num (m * n)
  | Num 0, _ -> a
  | _, Num 0 -> b
  | Num 1, _ -> b
  | _, Num 1 -> a
  | _, Num _ -> mul b a
  | Num m, Mul (Num n, c) -> mul (Num (m * n)) c
  | _, Mul ((Num _ as n), c) -> mul n (mul a c)
  | Mul (c, d), _ -> mul c (mul d b)
  | _ -> Mul (a, b)

let pow a b =
  match a, b with
  | _, Num 0 -> Num 1
  | _, Num 1 -> a
  | Num 0, _ -> a
  | _ -> Pow (a, b)

let ln = function Num 1 -> Num 0 | a -> Ln a

let rec derive e =
  match e with
  | Num _ -> Num 0
  | X -> Num 1
  | Add (a, b) -> add (derive a) (derive b)
  | Mul (a, b) -> add (mul a (derive b)) (mul b (derive a))
  | Pow (a, b) -> mul e (add (mul (mul b (derive a)) (pow a (Num (-1)))) (mul (ln a) (derive b)))
  | Ln a -> mul (derive a) (pow a (Num (-1)))

let rec nodes = function
  | Num _ | X -> 1
  | Add (a, b) | Mul (a, b) | Pow (a, b) -> 1 + nodes a + nodes b
  | Ln a -> 1 + nodes a

let rec report step last e =
  Printf.printf "%d %d\n" step (nodes e);
  if step < last then report (step + 1) last (derive e)

let () =
  let last = if Array.length Sys.argv > 1 then int_of_string Sys.argv.(1) else 9 in
  report 0 last (Pow (X, X))
