// A vector of columns as a stack.
fn is_safe(column: i64, placed: &[i64]) -> bool {
    placed
        .iter()
        .rev()
        .zip(1..)
        .all(|(&other, distance)| other != column && (other - column).abs() != distance)
}

fn place(n: i64, row: i64, placed: &mut Vec<i64>) -> i64 {
    if row == n {
        return 1;
    }
    let mut count = 0;
    for column in 0..n {
        if is_safe(column, placed) {
            placed.push(column);
            count += place(n, row + 1, placed);
            placed.pop();
        }
    }
    count
}

fn main() {
    let n = std::env::args().nth(1).map_or(13, |text| text.parse().unwrap());
    println!("{}", place(n, 0, &mut Vec::new()));
}
