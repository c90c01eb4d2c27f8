use std::fmt::Write;

fn rows(n: i64) -> String {
    let mut text = String::new();
    for i in 0..n {
        let name = ["alpha", "beta", "gamma"][(i % 3) as usize];
        writeln!(text, "{i}: {} {name}", i * i % 1009).unwrap();
    }
    text
}

fn nested(text: &mut String, depth: i64, label: i64) {
    if depth == 0 {
        write!(text, "{label}").unwrap();
        return;
    }
    text.push('(');
    nested(text, depth - 1, 2 * label);
    text.push(' ');
    nested(text, depth - 1, 2 * label + 1);
    text.push(')');
}

fn report(text: &str) {
    let checksum = text.bytes().fold(0, |acc, byte| (acc * 31 + i64::from(byte)) % 1_000_003);
    println!("{} {checksum}", text.len());
}

fn main() {
    let n: i64 = std::env::args().nth(1).map_or(18, |text| text.parse().unwrap());
    report(&rows(n * n * n * 150));
    let mut text = String::new();
    nested(&mut text, n, 1);
    report(&text);
}
