// Vectors where the others have lists: the iterators between them need none.
fn scrambled(x: i64) -> i64 {
    (x * x + 3 * x) % 10007
}

fn round_from(first: i64, length: i64) -> i64 {
    let numbers: Vec<i64> = (first..first + length).collect();
    let mapped: Vec<i64> = numbers.iter().map(|&x| scrambled(x)).collect();
    let odd: Vec<i64> = mapped.into_iter().filter(|x| x % 2 == 1).collect();
    odd.iter().sum()
}

fn main() {
    let n: i64 = std::env::args().nth(1).map_or(200, |text| text.parse().unwrap());
    println!("{}", (1..=n).map(|first| round_from(first, n * 500)).sum::<i64>());
}
