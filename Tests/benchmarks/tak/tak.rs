fn tak(x: i64, y: i64, z: i64) -> i64 {
    if y < x {
        tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y))
    } else {
        z
    }
}

fn main() {
    let n = std::env::args().nth(1).map_or(10, |text| text.parse().unwrap());
    println!("{}", tak(3 * n, 2 * n, n));
}
