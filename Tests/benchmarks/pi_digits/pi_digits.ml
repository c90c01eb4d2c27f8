(* Zarith, OCaml's library for big integers over GMP. *)
type state = { q : Z.t; r : Z.t; t : Z.t; k : int }

let digit s x = Z.to_int (Z.div (Z.add (Z.mul s.q (Z.of_int x)) s.r) s.t)

let consume s =
  let odd = Z.of_int ((2 * s.k) + 1) in
  {
    q = Z.mul s.q (Z.of_int s.k);
    r = Z.mul (Z.add (Z.shift_left s.q 1) s.r) odd;
    t = Z.mul s.t odd;
    k = s.k + 1;
  }

let produce s d =
  let ten = Z.of_int 10 in
  { s with q = Z.mul ten s.q; r = Z.mul ten (Z.sub s.r (Z.mul (Z.of_int d) s.t)) }

let rec digits s shown n =
  if shown < n then
    if Z.lt s.q s.t then begin
      let d = digit s 3 in
      if d = digit s 4 then begin
        print_int d;
        if (shown + 1) mod 50 = 0 || shown + 1 = n then print_newline ();
        digits (produce s d) (shown + 1) n
      end
      else digits (consume s) shown n
    end
    else digits (consume s) shown n

let () =
  let n = if Array.length Sys.argv > 1 then int_of_string Sys.argv.(1) else 5000 in
  digits { q = Z.one; r = Z.zero; t = Z.one; k = 1 } 0 n
