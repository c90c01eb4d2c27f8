package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"strconv"
)

type field struct {
	key   string
	value any
}

type (
	array  []any
	object []field
)

func person(n int) any {
	return object{
		{"id", n},
		{"name", "person \"" + strconv.Itoa(n) + "\""},
		{"tags", array{"even", "t" + strconv.Itoa(n%10), array{}}},
		{"active", n%2 == 0},
		{"parent", nil},
		{"balance", 1000 - n},
	}
}

func quote(out []byte, text string) []byte {
	out = append(out, '"')
	start := 0
	for i := 0; i < len(text); i++ {
		if text[i] == '"' || text[i] == '\\' {
			out = append(append(out, text[start:i]...), '\\')
			start = i
		}
	}
	return append(append(out, text[start:]...), '"')
}

func render(out []byte, json any) []byte {
	switch json := json.(type) {
	case nil:
		return append(out, "null"...)
	case bool:
		return strconv.AppendBool(out, json)
	case int:
		return strconv.AppendInt(out, int64(json), 10)
	case string:
		return quote(out, json)
	case array:
		out = append(out, '[')
		for i, item := range json {
			if i > 0 {
				out = append(out, ',')
			}
			out = render(out, item)
		}
		return append(out, ']')
	case object:
		out = append(out, '{')
		for i, field := range json {
			if i > 0 {
				out = append(out, ',')
			}
			out = append(quote(out, field.key), ':')
			out = render(out, field.value)
		}
		return append(out, '}')
	}
	return out
}

type parser struct {
	text []byte
	at   int
}

func (p *parser) wrong(what string) error { return fmt.Errorf("%s at %d", what, p.at) }

// peek is 0 behind the end.
func (p *parser) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *parser) skip() {
	for c := p.peek(); c == ' ' || c == '\n' || c == '\t'; c = p.peek() {
		p.at++
	}
}

func (p *parser) accept(c byte) bool {
	p.skip()
	if p.peek() != c {
		return false
	}
	p.at++
	return true
}

func (p *parser) word(spelling string, meaning any) (any, error) {
	if !bytes.HasPrefix(p.text[p.at:], []byte(spelling)) {
		return nil, p.wrong("no value")
	}
	p.at += len(spelling)
	return meaning, nil
}

func (p *parser) number() (any, error) {
	negative := p.accept('-')
	start, n := p.at, 0
	for c := p.peek(); c >= '0' && c <= '9'; c = p.peek() {
		n = n*10 + int(c-'0')
		p.at++
	}
	if p.at == start {
		return nil, p.wrong("no value")
	}
	if negative {
		n = -n
	}
	return n, nil
}

func (p *parser) str() (string, error) {
	if !p.accept('"') {
		return "", p.wrong("no text")
	}
	var text []byte
	start := p.at
	for ; ; p.at++ {
		if p.at >= len(p.text) {
			return "", p.wrong("text without end")
		}
		c := p.text[p.at]
		if c == '"' {
			break
		}
		if c == '\\' {
			text = append(text, p.text[start:p.at]...)
			p.at++
			start = p.at
		}
	}
	last := p.text[start:p.at]
	p.at++
	if text == nil {
		return string(last), nil
	}
	return string(append(text, last...)), nil
}

func (p *parser) value() (any, error) {
	p.skip()
	switch p.peek() {
	case '{':
		p.at++
		result := object{}
		if p.accept('}') {
			return result, nil
		}
		for {
			key, err := p.str()
			if err != nil {
				return nil, err
			}
			if !p.accept(':') {
				return nil, p.wrong("no :")
			}
			value, err := p.value()
			if err != nil {
				return nil, err
			}
			result = append(result, field{key, value})
			if !p.accept(',') {
				break
			}
		}
		if !p.accept('}') {
			return nil, p.wrong("no , or }")
		}
		return result, nil
	case '[':
		p.at++
		result := array{}
		if p.accept(']') {
			return result, nil
		}
		for {
			item, err := p.value()
			if err != nil {
				return nil, err
			}
			result = append(result, item)
			if !p.accept(',') {
				break
			}
		}
		if !p.accept(']') {
			return nil, p.wrong("no , or ]")
		}
		return result, nil
	case '"':
		return p.str()
	case 't':
		return p.word("true", true)
	case 'f':
		return p.word("false", false)
	case 'n':
		return p.word("null", nil)
	}
	return p.number()
}

func parse(text []byte) (any, error) {
	p := &parser{text: text}
	json, err := p.value()
	if err != nil {
		return nil, err
	}
	p.skip()
	if p.at < len(text) {
		return nil, p.wrong("more behind the value")
	}
	return json, nil
}

type totals struct{ values, sum, letters int }

func (t *totals) count(json any) {
	t.values++
	switch json := json.(type) {
	case int:
		t.sum += json
	case string:
		t.letters += len(json)
	case array:
		for _, item := range json {
			t.count(item)
		}
	case object:
		for _, field := range json {
			t.count(field.value)
		}
	}
}

func main() {
	n := 50000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	people := make(array, n)
	for i := range people {
		people[i] = person(i + 1)
	}
	text := render(nil, people)
	json, err := parse(text)
	if err != nil {
		log.Fatal(err)
	}
	var t totals
	t.count(json)
	fmt.Println(len(text), t.values, t.sum, t.letters, bytes.Equal(render(nil, json), text))
}
