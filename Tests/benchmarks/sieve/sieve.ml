let primes limit =
  let flags = Bytes.make limit '\001' in
  let rec sieve n =
    if n * n < limit then begin
      if Bytes.get flags n = '\001' then begin
        let multiple = ref (n * n) in
        while !multiple < limit do
          Bytes.set flags !multiple '\000';
          multiple := !multiple + n
        done
      end;
      sieve (n + 1)
    end
  in
  sieve 2;
  let count = ref 0 in
  for n = 2 to limit - 1 do
    if Bytes.get flags n = '\001' then incr count
  done;
  !count

let rec rounds n limit total = if n = 0 then total else rounds (n - 1) (limit - 1) (total + primes limit)

let () =
  let n = if Array.length Sys.argv > 1 then int_of_string Sys.argv.(1) else 100 in
  print_endline (string_of_int (rounds n (n * 10000) 0))
