use std::fmt::Write;

enum Json {
    Null,
    Boolean(bool),
    Number(i64),
    Text(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

fn person(n: i64) -> Json {
    let tags = vec![Json::Text("even".to_string()), Json::Text(format!("t{}", n % 10)), Json::Array(vec![])];
    Json::Object(vec![
        ("id".to_string(), Json::Number(n)),
        ("name".to_string(), Json::Text(format!("person \"{n}\""))),
        ("tags".to_string(), Json::Array(tags)),
        ("active".to_string(), Json::Boolean(n % 2 == 0)),
        ("parent".to_string(), Json::Null),
        ("balance".to_string(), Json::Number(1000 - n)),
    ])
}

fn quote(out: &mut String, text: &str) {
    out.push('"');
    let mut start = 0;
    for (i, byte) in text.bytes().enumerate() {
        if byte == b'"' || byte == b'\\' {
            out.push_str(&text[start..i]);
            out.push('\\');
            start = i;
        }
    }
    out.push_str(&text[start..]);
    out.push('"');
}

fn render(out: &mut String, json: &Json) {
    match json {
        Json::Null => out.push_str("null"),
        Json::Boolean(b) => out.push_str(if *b { "true" } else { "false" }),
        Json::Number(n) => write!(out, "{n}").unwrap(),
        Json::Text(text) => quote(out, text),
        Json::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                render(out, item);
            }
            out.push(']');
        }
        Json::Object(fields) => {
            out.push('{');
            for (i, (key, value)) in fields.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                quote(out, key);
                out.push(':');
                render(out, value);
            }
            out.push('}');
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn wrong<T>(&self, what: &str) -> Result<T, String> {
        Err(format!("{what} at {}", self.at))
    }

    fn skip(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\t')) {
            self.at += 1;
        }
    }

    fn accept(&mut self, byte: u8) -> bool {
        self.skip();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, spelling: &str, meaning: Json) -> Result<Json, String> {
        if !self.text[self.at..].starts_with(spelling) {
            return self.wrong("no value");
        }
        self.at += spelling.len();
        Ok(meaning)
    }

    fn number(&mut self) -> Result<Json, String> {
        let negative = self.accept(b'-');
        let start = self.at;
        let mut n = 0;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            n = n * 10 + i64::from(digit - b'0');
            self.at += 1;
        }
        if self.at == start {
            return self.wrong("no value");
        }
        Ok(Json::Number(if negative { -n } else { n }))
    }

    fn string(&mut self) -> Result<String, String> {
        if !self.accept(b'"') {
            return self.wrong("no text");
        }
        let mut text = String::new();
        let mut start = self.at;
        loop {
            match self.peek() {
                None => return self.wrong("text without end"),
                Some(b'"') => break,
                Some(b'\\') => {
                    text.push_str(&self.text[start..self.at]);
                    self.at += 1;
                    start = self.at;
                }
                Some(_) => {}
            }
            self.at += 1;
        }
        text.push_str(&self.text[start..self.at]);
        self.at += 1;
        Ok(text)
    }

    fn value(&mut self) -> Result<Json, String> {
        self.skip();
        match self.peek() {
            Some(b'{') => {
                self.at += 1;
                let mut fields = Vec::new();
                if self.accept(b'}') {
                    return Ok(Json::Object(fields));
                }
                loop {
                    let key = self.string()?;
                    if !self.accept(b':') {
                        return self.wrong("no :");
                    }
                    fields.push((key, self.value()?));
                    if !self.accept(b',') {
                        break;
                    }
                }
                if self.accept(b'}') { Ok(Json::Object(fields)) } else { self.wrong("no , or }") }
            }
            Some(b'[') => {
                self.at += 1;
                let mut items = Vec::new();
                if self.accept(b']') {
                    return Ok(Json::Array(items));
                }
                loop {
                    items.push(self.value()?);
                    if !self.accept(b',') {
                        break;
                    }
                }
                if self.accept(b']') { Ok(Json::Array(items)) } else { self.wrong("no , or ]") }
            }
            Some(b'"') => Ok(Json::Text(self.string()?)),
            Some(b't') => self.word("true", Json::Boolean(true)),
            Some(b'f') => self.word("false", Json::Boolean(false)),
            Some(b'n') => self.word("null", Json::Null),
            _ => self.number(),
        }
    }
}

fn parse(text: &str) -> Result<Json, String> {
    let mut parser = Parser { text, at: 0 };
    let json = parser.value()?;
    parser.skip();
    if parser.at < text.len() { parser.wrong("more behind the value") } else { Ok(json) }
}

#[derive(Default)]
struct Totals {
    values: usize,
    sum: i64,
    letters: usize,
}

fn count(json: &Json, totals: &mut Totals) {
    totals.values += 1;
    match json {
        Json::Number(n) => totals.sum += n,
        Json::Text(text) => totals.letters += text.len(),
        Json::Array(items) => items.iter().for_each(|item| count(item, totals)),
        Json::Object(fields) => fields.iter().for_each(|(_, value)| count(value, totals)),
        Json::Null | Json::Boolean(_) => {}
    }
}

fn main() -> Result<(), String> {
    let n: i64 = std::env::args().nth(1).map_or(50_000, |text| text.parse().unwrap());
    let mut text = String::new();
    render(&mut text, &Json::Array((1..=n).map(person).collect()));
    let json = parse(&text)?;
    let mut totals = Totals::default();
    count(&json, &mut totals);
    let mut again = String::new();
    render(&mut again, &json);
    println!("{} {} {} {} {}", text.len(), totals.values, totals.sum, totals.letters, again == text);
    Ok(())
}
