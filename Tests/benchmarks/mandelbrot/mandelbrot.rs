fn steps(cx: f64, cy: f64) -> i64 {
    let (mut x, mut y, mut n) = (0.0, 0.0, 0);
    while n < 100 && x * x + y * y <= 4.0 {
        (x, y) = (x * x - y * y + cx, 2.0 * x * y + cy);
        n += 1;
    }
    n
}

fn main() {
    let width: i64 = std::env::args().nth(1).map_or(2000, |text| text.parse().unwrap());
    let side = width as f64;
    let mut total = 0;
    for line in 0..width {
        let cy = 3.0 * line as f64 / side - 1.5;
        for column in 0..width {
            total += steps(3.0 * column as f64 / side - 2.0, cy);
        }
    }
    println!("{total}");
}
