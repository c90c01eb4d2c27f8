type body = {
  mutable x : float;
  mutable y : float;
  mutable z : float;
  mutable vx : float;
  mutable vy : float;
  mutable vz : float;
  mass : float;
}

let bodies =
  [|
    { x = 0.; y = 0.; z = 0.; vx = 0.; vy = 0.; vz = 0.; mass = 40. };
    { x = 4.8; y = -1.2; z = -0.1; vx = 0.6; vy = 2.8; vz = -0.02; mass = 0.04 };
    { x = 8.3; y = 4.1; z = -0.4; vx = -1.; vy = 1.8; vz = 0.008; mass = 0.011 };
    { x = 12.9; y = -15.1; z = -0.2; vx = 1.1; vy = 0.9; vz = -0.01; mass = 0.0017 };
    { x = 15.4; y = -25.9; z = 0.2; vx = 1.; vy = 0.6; vz = -0.03; mass = 0.002 };
  |]

let advance dt =
  for i = 0 to Array.length bodies - 1 do
    let a = bodies.(i) in
    for j = i + 1 to Array.length bodies - 1 do
      let b = bodies.(j) in
      let dx = a.x -. b.x and dy = a.y -. b.y and dz = a.z -. b.z in
      let d2 = (dx *. dx) +. (dy *. dy) +. (dz *. dz) in
      let pace = dt /. (d2 *. sqrt d2) in
      let mine = b.mass *. pace and its = a.mass *. pace in
      a.vx <- a.vx -. (dx *. mine);
      a.vy <- a.vy -. (dy *. mine);
      a.vz <- a.vz -. (dz *. mine);
      b.vx <- b.vx +. (dx *. its);
      b.vy <- b.vy +. (dy *. its);
      b.vz <- b.vz +. (dz *. its)
    done;
    a.x <- a.x +. (dt *. a.vx);
    a.y <- a.y +. (dt *. a.vy);
    a.z <- a.z +. (dt *. a.vz)
  done

let report () =
  let energy = ref 0. in
  for i = 0 to Array.length bodies - 1 do
    let a = bodies.(i) in
    energy := !energy +. (0.5 *. a.mass *. ((a.vx *. a.vx) +. (a.vy *. a.vy) +. (a.vz *. a.vz)));
    for j = i + 1 to Array.length bodies - 1 do
      let b = bodies.(j) in
      let dx = a.x -. b.x and dy = a.y -. b.y and dz = a.z -. b.z in
      energy := !energy -. (a.mass *. b.mass /. sqrt ((dx *. dx) +. (dy *. dy) +. (dz *. dz)))
    done
  done;
  Printf.printf "%d\n" (int_of_float (Float.round (!energy *. 1e9)))

let () =
  report ();
  for _ = 1 to if Array.length Sys.argv > 1 then int_of_string Sys.argv.(1) else 1000000 do
    advance 0.01
  done;
  report ()
