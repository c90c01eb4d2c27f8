type json =
  | Null
  | Boolean of bool
  | Number of int
  | Text of string
  | Array of json list
  | Object of (string * json) list

exception Wrong of string * int

let person n =
  Object
    [
      ("id", Number n);
      ("name", Text (Printf.sprintf "person \"%d\"" n));
      ("tags", Array [ Text "even"; Text ("t" ^ string_of_int (n mod 10)); Array [] ]);
      ("active", Boolean (n mod 2 = 0));
      ("parent", Null);
      ("balance", Number (1000 - n));
    ]

let rec people n acc = if n = 0 then acc else people (n - 1) (person n :: acc)

let quote out text =
  Buffer.add_char out '"';
  String.iter
    (fun c ->
      if c = '"' || c = '\\' then Buffer.add_char out '\\';
      Buffer.add_char out c)
    text;
  Buffer.add_char out '"'

let rec render out = function
  | Null -> Buffer.add_string out "null"
  | Boolean b -> Buffer.add_string out (if b then "true" else "false")
  | Number n -> Buffer.add_string out (string_of_int n)
  | Text text -> quote out text
  | Array items ->
    Buffer.add_char out '[';
    List.iteri
      (fun i item ->
        if i > 0 then Buffer.add_char out ',';
        render out item)
      items;
    Buffer.add_char out ']'
  | Object fields ->
    Buffer.add_char out '{';
    List.iteri
      (fun i (key, value) ->
        if i > 0 then Buffer.add_char out ',';
        quote out key;
        Buffer.add_char out ':';
        render out value)
      fields;
    Buffer.add_char out '}'

let text_of json =
  let out = Buffer.create 1024 in
  render out json;
  Buffer.contents out

(* Each function that reads takes a place and gives what it read and the place behind it. *)
let parse text =
  let size = String.length text in
  let char_at at = if at < size then String.unsafe_get text at else '\000' in
  let rec skip at = match char_at at with ' ' | '\n' | '\t' -> skip (at + 1) | _ -> at in
  let word at spelling meaning =
    let length = String.length spelling in
    if at + length <= size && String.sub text at length = spelling then (meaning, at + length)
    else raise (Wrong ("no value", at))
  in
  let rec digits at n = match char_at at with '0' .. '9' as d -> digits (at + 1) ((n * 10) + Char.code d - 48) | _ -> (n, at) in
  let number at =
    match char_at at with '0' .. '9' -> digits at 0 | _ -> raise (Wrong ("no value", at))
  in
  let rec string start at parts =
    if at >= size then raise (Wrong ("text without end", at))
    else
      match String.unsafe_get text at with
      | '"' ->
        let last = String.sub text start (at - start) in
        ((if parts = [] then last else String.concat "" (List.rev (last :: parts))), at + 1)
      | '\\' -> string (at + 1) (at + 2) (String.sub text start (at - start) :: parts)
      | _ -> string start (at + 1) parts
  in
  let rec value at =
    match char_at at with
    | '{' ->
      let first = skip (at + 1) in
      if char_at first = '}' then (Object [], first + 1) else fields first []
    | '[' ->
      let first = skip (at + 1) in
      if char_at first = ']' then (Array [], first + 1) else items first []
    | '"' ->
      let text, behind = string (at + 1) (at + 1) [] in
      (Text text, behind)
    | 't' -> word at "true" (Boolean true)
    | 'f' -> word at "false" (Boolean false)
    | 'n' -> word at "null" Null
    | '-' ->
      let n, behind = number (at + 1) in
      (Number (-n), behind)
    | _ ->
      let n, behind = number at in
      (Number n, behind)
  and items at acc =
    let item, behind = value at in
    let behind = skip behind in
    match char_at behind with
    | ',' -> items (skip (behind + 1)) (item :: acc)
    | ']' -> (Array (List.rev (item :: acc)), behind + 1)
    | _ -> raise (Wrong ("no , or ]", behind))
  and fields at acc =
    if char_at at <> '"' then raise (Wrong ("no key", at));
    let key, colon = string (at + 1) (at + 1) [] in
    let colon = skip colon in
    if char_at colon <> ':' then raise (Wrong ("no :", colon));
    let field, behind = value (skip (colon + 1)) in
    let behind = skip behind in
    match char_at behind with
    | ',' -> fields (skip (behind + 1)) ((key, field) :: acc)
    | '}' -> (Object (List.rev ((key, field) :: acc)), behind + 1)
    | _ -> raise (Wrong ("no , or }", behind))
  in
  let json, behind = value (skip 0) in
  if skip behind < size then raise (Wrong ("more behind the value", behind));
  json

let values = ref 0
let sum = ref 0
let letters = ref 0

let rec count json =
  incr values;
  match json with
  | Number n -> sum := !sum + n
  | Text text -> letters := !letters + String.length text
  | Array items -> List.iter count items
  | Object fields -> List.iter (fun (_, value) -> count value) fields
  | Null | Boolean _ -> ()

let () =
  let n = if Array.length Sys.argv > 1 then int_of_string Sys.argv.(1) else 50000 in
  let text = text_of (Array (people n [])) in
  let json = parse text in
  count json;
  Printf.printf "%d %d %d %d %b\n" (String.length text) !values !sum !letters (String.equal (text_of json) text)
