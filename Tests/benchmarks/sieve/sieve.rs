fn primes(limit: usize) -> usize {
    let mut flags = vec![true; limit];
    let mut n = 2;
    while n * n < limit {
        if flags[n] {
            for flag in flags[n * n..].iter_mut().step_by(n) {
                *flag = false;
            }
        }
        n += 1;
    }
    flags[2..].iter().filter(|&&flag| flag).count()
}

fn main() {
    let n: usize = std::env::args().nth(1).map_or(100, |text| text.parse().unwrap());
    println!("{}", (0..n).map(|i| primes(n * 10_000 - i)).sum::<usize>());
}
