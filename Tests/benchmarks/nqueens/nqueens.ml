let rec is_safe (column : int) distance = function
  | [] -> true
  | other :: rest ->
    other <> column && abs (other - column) <> distance && is_safe column (distance + 1) rest

let rec place n row placed = if row = n then 1 else try_columns n row 0 placed 0

and try_columns n row column placed count =
  if column = n then count
  else if is_safe column 1 placed then
    try_columns n row (column + 1) placed (count + place n (row + 1) (column :: placed))
  else try_columns n row (column + 1) placed count

let () =
  let n = if Array.length Sys.argv > 1 then int_of_string Sys.argv.(1) else 13 in
  print_endline (string_of_int (place n 0 []))
