"""Verifies the operations that the driver prints, one per line, against Python's own numbers and strings."""
import math
import re
import struct
import sys
from decimal import Decimal
from fractions import Fraction

SMALL = 1 << 63


def decode(field):
    if field.startswith("s"):
        return bytes.fromhex(field[1:]).decode()
    if field.startswith("l"):
        return [decode(part) for part in field[1:].split(",")[:-1]]
    if field.startswith("f"):
        return struct.unpack(">d", bytes.fromhex(field[1:]))[0]
    return int(field)


def nearest(value):
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def float_text(value):
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    text = format(Decimal(repr(value)), "f")
    return text[:-2] if text.endswith(".0") else text


def whole(value, rounding):
    return 0 if math.isnan(value) or math.isinf(value) else rounding(value)


def away(value):
    result = math.floor(abs(Fraction(value)) + Fraction(1, 2))
    return result if value >= 0 else -result


def power(base, exponent):
    try:
        return math.pow(base, exponent)
    except ValueError:
        odd = exponent % 2 == 1
        return math.nan if base else math.copysign(math.inf, base if odd else 1)


def parse_int(text):
    digits = text[1:] if text[:1] in ("+", "-") else text
    return (1, int(text)) if digits and all(c in "0123456789" for c in digits) else (0, 0)


def parse_float(text):
    if re.fullmatch(r"[+-]?(inf|infinity|nan|(\d+\.?\d*|\.\d+)(e[+-]?\d+)?)", text, re.ASCII | re.IGNORECASE):
        return 1, float(text)
    return 0, 0.0


def split(text, separator):
    return text.split(separator) if separator else ["", *text, ""]


SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


def index_of(text, needle, start):
    return text.encode().find(needle.encode(), start)


def char_at(text, index):
    return (1, text[index]) if 0 <= index < len(text) else (0, "")


def slice_text(text, start, end):
    return text[max(start, 0) : max(end, 0)]


def from_code_point(value):
    return (1, chr(value)) if 0 <= value < 0xD800 or 0xDFFF < value <= 0x10FFFF else (0, "")


def order(a, b):
    return (a > b) - (a < b)


def euclid(a, b):
    return (a - a % abs(b)) // b


EXPECTED = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": euclid,
    "mod": lambda a, b: a % abs(b),
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
    "xor": lambda a, b: a ^ b,
    "neg": lambda a: -a,
    "abs": abs,
    "not": lambda a: ~a,
    "shift_left": lambda a, n: a << n,
    "shift_right": lambda a, n: a >> n,
    "low": lambda a, n: a if 0 <= a and a.bit_length() <= n else a % (1 << n),
    "compare": order,
    "equal": lambda a, b: int(a == b),
    "same": lambda a: a,
    "saturate": lambda a: max(min(a, SMALL - 1), -SMALL),
    "to_float": nearest,
    "parse_int": parse_int,
    "float_text": float_text,
    "parse_float": parse_float,
    "truncate": lambda a: whole(a, int),
    "floor": lambda a: whole(a, math.floor),
    "ceil": lambda a: whole(a, math.ceil),
    "round": lambda a: whole(a, away),
    "pow": power,
    "sin": math.sin,
    "cos": math.cos,
    "atan2": math.atan2,
    "concat": lambda a, b: a + b,
    "append": lambda a, b, c: a + b + c + a,
    "append_many": lambda a, b, c: a + b + c + a,
    "append_own": lambda a, b, c: a + b + c + a + b + c,
    "replace": lambda a, b, c: a.replace(b, c),
    "split": split,
    "join": lambda parts, separator: separator.join(parts),
    "string_equal": lambda a, b: int(a == b),
    "string_compare": lambda a, b: order(list(map(ord, a)), list(map(ord, b))),
    "contains": lambda a, b: int(b in a),
    "starts_with": lambda a, b: int(a.startswith(b)),
    "ends_with": lambda a, b: int(a.endswith(b)),
    "index_of": index_of,
    "upper": str.upper,
    "lower": str.lower,
    "trim": lambda a: a.strip(SPACE),
    "chars": list,
    "length": len,
    "byte_length": lambda a: len(a.encode()),
    "first": lambda a: ord(a[0]) if a else -1,
    "char_at": char_at,
    "slice": slice_text,
    "from_code_point": from_code_point,
}
TWO_RESULTS = {"parse_int", "parse_float", "char_at", "from_code_point"}


def same(expected, actual):
    if isinstance(expected, float):
        return struct.pack(">d", expected) == struct.pack(">d", actual) or (expected != expected and actual != actual)
    return expected == actual


def check(line):
    name, *fields = line.rstrip("\n").split("\t")
    results = 2 if name in TWO_RESULTS else 1
    values = [decode(field) for field in fields]
    expected = EXPECTED[name](*values[:-results])
    expected = expected if results == 2 else (expected,)
    return all(same(e, a) for e, a in zip(expected, values[-results:]))


def main():
    if hasattr(sys, "set_int_max_str_digits"):
        sys.set_int_max_str_digits(0)
    count = failed = 0
    for line in sys.stdin:
        count += 1
        try:
            correct = check(line)
        except (ValueError, KeyError, IndexError):
            correct = False
        if not correct:
            failed += 1
            if failed <= 10:
                print("wrong:", line.rstrip()[:300])
    if failed or count == 0:
        print(f"{failed} of {count} operations wrong")
        sys.exit(1)


main()
