use std::collections::BTreeMap;

fn next(random: i64) -> i64 {
    random * 16807 % 2147483647
}

fn main() {
    let n: i64 = std::env::args().nth(1).map_or(200_000, |text| text.parse().unwrap());
    let mut map = BTreeMap::new();
    let mut random = 42;
    for value in (1..=n).rev() {
        map.insert(random % 1_000_000, value);
        random = next(random);
    }
    random = 1;
    let mut sum = 0;
    for _ in 0..2 * n {
        sum += map.get(&(random % 1_000_000)).unwrap_or(&1);
        random = next(random);
    }
    let checksum = map.iter().fold(0, |acc, (key, value)| (acc * 31 + key + value) % 1_000_003);
    println!("{} {sum} {checksum}", map.len());
}
