use std::collections::HashMap;

fn next(random: usize) -> usize {
    random * 16807 % 2147483647
}

fn spell(n: usize, word: &mut String) {
    if n >= 70 {
        spell(n / 70, word);
    }
    let n = n % 70;
    word.push(char::from(b"bdfgklmnprstvz"[n / 5]));
    word.push(char::from(b"aeiou"[n % 5]));
}

fn words(n: usize) -> Vec<String> {
    let mut random = 42;
    let mut words: Vec<String> = (0..n)
        .map(|_| {
            let mut word = String::new();
            spell(random % 300 * (random / 300 % 300), &mut word);
            random = next(random);
            word
        })
        .collect();
    words.reverse();
    words
}

fn main() {
    let n = std::env::args().nth(1).map_or(400_000, |text| text.parse().unwrap());
    let text = words(n).join(" ");
    let mut counts: HashMap<&str, i64> = HashMap::new();
    for word in text.split(' ') {
        *counts.entry(word).or_default() += 1;
    }
    println!("{} {}", text.len(), counts.len());
    let mut ranking: Vec<_> = counts.into_iter().collect();
    ranking.sort_unstable_by(|(v, m), (w, n)| n.cmp(m).then(v.cmp(w)));
    for (word, count) in ranking.iter().take(10) {
        println!("{word} {count}");
    }
}
