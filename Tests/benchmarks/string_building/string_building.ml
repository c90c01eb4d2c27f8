let names = [| "alpha"; "beta"; "gamma" |]

let rows n =
  let text = Buffer.create 1024 in
  for i = 0 to n - 1 do
    Buffer.add_string text (string_of_int i);
    Buffer.add_string text ": ";
    Buffer.add_string text (string_of_int (i * i mod 1009));
    Buffer.add_char text ' ';
    Buffer.add_string text names.(i mod 3);
    Buffer.add_char text '\n'
  done;
  Buffer.contents text

let nested depth =
  let text = Buffer.create 1024 in
  let rec go depth label =
    if depth = 0 then Buffer.add_string text (string_of_int label)
    else begin
      Buffer.add_char text '(';
      go (depth - 1) (2 * label);
      Buffer.add_char text ' ';
      go (depth - 1) ((2 * label) + 1);
      Buffer.add_char text ')'
    end
  in
  go depth 1;
  Buffer.contents text

let report text =
  let checksum = ref 0 in
  for i = 0 to String.length text - 1 do
    checksum := ((!checksum * 31) + Char.code text.[i]) mod 1000003
  done;
  Printf.printf "%d %d\n" (String.length text) !checksum

let () =
  let n = if Array.length Sys.argv > 1 then int_of_string Sys.argv.(1) else 18 in
  report (rows (n * n * n * 150));
  report (nested n)
