// Drives the runtime: `driver MODE`. The modes `integers`, `floats` and `strings` print one operation per line, with
// arguments and result, for check.py to verify; the others are small programs whose output and exit code `run` checks.
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nanoc.h"

static const char *mode;
static int rounds = 1000;

// Values

static text *make_text(const void *bytes, size_t length) {
  text *result = nanoc_alloc(24 + (word)(length < 8 ? 8 : length));
  *result = (text){1, 0xFFFF, 0, (int64_t)length, 0};
  memset(result->bytes, 0, 8);
  for (size_t i = 0; i < length; i++) result->scalar_count += (((const unsigned char *)bytes)[i] & 0xC0) != 0x80;
  memcpy(result->bytes, bytes, length);
  return result;
}

static text *literal(const char *bytes) { return make_text(bytes, strlen(bytes)); }

static void drop_text(text *value) { nanoc_drop((word)value); }

static word cons(word head, word tail) {
  char *cell = nanoc_alloc(24);
  *(int32_t *)cell = 1;
  *(uint16_t *)(cell + 4) = 1;
  *(uint16_t *)(cell + 6) = 2;
  *(word *)(cell + 8) = head;
  *(word *)(cell + 16) = tail;
  return (word)cell;
}

static word head_of(word list) { return *(word *)(list + 8); }
static word tail_of(word list) { return *(word *)(list + 16); }

// Random numbers: xorshift, the same sequence in every run.

static uint64_t state = 0x9E3779B97F4A7C15;

static uint64_t random_bits(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

static int below(int limit) { return (int)(random_bits() % (unsigned)limit); }

// Integers of all sizes, with many close to a power of two.
static word random_integer(void) {
  int kind = below(10);
  if (kind < 3) return nanoc_int_from_word(below(41) - 20);
  if (kind < 6) {
    word one = nanoc_int_from_word(1), sign = nanoc_int_from_word(below(2) ? 1 : -1);
    static const int powers[] = {31, 32, 52, 53, 61, 62, 63, 64, 65, 127, 128, 129, 192, 320};
    word power = nanoc_int_shift_left(one, powers[below(14)]);
    word near = nanoc_int_add(power, nanoc_int_from_word(below(5) - 2));
    word result = nanoc_int_mul(near, sign);
    nanoc_drop(power);
    nanoc_drop(near);
    return result;
  }
  if (kind < 8) return nanoc_int_from_word((word)random_bits() >> below(64));
  char digits[420];
  int length = 1 + below(kind == 8 ? 60 : 400);
  for (int i = 0; i < length; i++) digits[i] = (char)('0' + below(10));
  if (below(2)) digits[0] = '-', digits[length++] = '7';
  return nanoc_int_from_decimal(digits, length);
}

static double random_float(void) {
  uint64_t bits = random_bits();
  double value;
  switch (below(6)) {
    case 0: return (double)(below(2000001) - 1000000) / 8;
    case 1: return (double)(int64_t)bits;
    case 2: return (double)(below(200001) - 100000) / 1000;
    case 3: bits &= ~0xFFFFFFFFFFFFF; break;
    case 4: bits = (bits & 0x800FFFFFFFFFFFFF) | (uint64_t)(1000 + below(140)) << 52; break;
  }
  memcpy(&value, &bits, 8);
  return value;
}

static text *random_text(void) {
  static const char *pieces[] = {"a", "b", "ab", "A", "Z", ",", "aa", "\xC3\x9F", "\xCE\xA3", "\xCE\xB1", "\xE2\x82\xAC",
    "\xF0\x9F\x98\x80", "\xCC\x81", " ", "\xC2\xA0", "\xE3\x80\x80", "\xEF\xAC\x81", "\xC4\xB0", "'", "\n"};
  char bytes[200];
  int length = 0, limit = below(3) == 0 ? 40 : below(8), kinds = below(3) == 0 ? 7 : 20;
  for (int i = 0; i < limit; i++) {
    const char *piece = pieces[below(kinds)];
    memcpy(bytes + length, piece, strlen(piece));
    length += (int)strlen(piece);
  }
  return make_text(bytes, (size_t)length);
}

// Printing of operations: `i` an integer, `w` a raw word, `f` a float, `t` a string, `l` a list of strings.

static void show_bytes(text *value) {
  int64_t scalars = 0;
  for (int64_t i = 0; i < value->byte_length; i++) scalars += (value->bytes[i] & 0xC0) != 0x80;
  if (scalars != value->scalar_count) printf("wrong scalar count ");
  putchar('s');
  for (int64_t i = 0; i < value->byte_length; i++) printf("%02x", value->bytes[i]);
}

static void show_integer(word value) {
  text *digits = nanoc_int_to_string(value);
  fwrite(digits->bytes, 1, (size_t)digits->byte_length, stdout);
  drop_text(digits);
  if (value & 1) return;
  word count = *(word *)(value + 8), size = count < 0 ? -count : count;
  uint64_t top = ((uint64_t *)(value + 16))[size - 1], edge = (1ull << 62) - (count > 0);
  if (top == 0 || (size == 1 && top <= edge)) printf(" not canonical");
}

static void show(const char *name, const char *kinds, ...) {
  va_list values;
  va_start(values, kinds);
  printf("%s", name);
  for (; *kinds; kinds++) {
    putchar('\t');
    if (*kinds == 'i') show_integer(va_arg(values, word));
    if (*kinds == 'w') printf("%" PRId64, va_arg(values, word));
    if (*kinds == 't') show_bytes(va_arg(values, text *));
    if (*kinds == 'f') {
      double value = va_arg(values, double);
      uint64_t bits;
      memcpy(&bits, &value, 8);
      printf("f%016" PRIx64, bits);
    }
    if (*kinds == 'l') {
      putchar('l');
      for (word list = va_arg(values, word); list != 1; list = tail_of(list)) {
        show_bytes((text *)head_of(list));
        putchar(',');
      }
    }
  }
  putchar('\n');
  va_end(values);
}

// Differential tests

static void binary(const char *name, word (*operation)(word, word), word a, word b) {
  word result = operation(a, b);
  show(name, "iii", a, b, result);
  nanoc_drop(result);
}

static void unary(const char *name, word (*operation)(word), word a) {
  word result = operation(a);
  show(name, "ii", a, result);
  nanoc_drop(result);
}

static void shift(const char *name, word (*operation)(word, word), word a, word count) {
  word result = operation(a, count);
  show(name, "iwi", a, count, result);
  nanoc_drop(result);
}

static void integer_round(word a, word b) {
  binary("add", nanoc_int_add, a, b);
  binary("sub", nanoc_int_sub, a, b);
  binary("mul", nanoc_int_mul, a, b);
  if (b != 1) {
    binary("div", nanoc_int_div, a, b);
    binary("mod", nanoc_int_mod, a, b);
  }
  binary("and", nanoc_int_and, a, b);
  binary("or", nanoc_int_or, a, b);
  binary("xor", nanoc_int_xor, a, b);
  unary("neg", nanoc_int_neg, a);
  unary("abs", nanoc_int_abs, a);
  unary("not", nanoc_int_not, a);
  shift("shift_left", nanoc_int_shift_left, a, below(200));
  shift("shift_right", nanoc_int_shift_right, a, below(200));
  shift("low", nanoc_int_low, a, below(200));
  show("compare", "iiw", a, b, nanoc_int_compare(a, b));
  show("equal", "iiw", a, b, nanoc_int_equal(a, b));
  show("saturate", "iw", a, nanoc_int_to_word_saturating(a));
  show("to_float", "if", a, nanoc_int_to_float(a));
}

static void integers(void) {
  for (int i = 0; i < rounds; i++) {
    word a = random_integer(), b = random_integer();
    integer_round(a, b);
    integer_round(a, a);
    text *digits = nanoc_int_to_string(a);
    word ok, back = nanoc_int_parse(digits, &ok);
    if (!ok) printf("parse failed\n");
    show("same", "ii", a, back);
    show("equal", "iiw", a, back, nanoc_int_equal(a, back));
    word difference = nanoc_int_sub(a, back);
    show("same", "ii", (word)1, difference);
    drop_text(digits);
    nanoc_drop(back);
    nanoc_drop(a);
    nanoc_drop(b);
  }
  word big = nanoc_int_from_decimal("-123456789012345678901234567890", 31);
  shift("shift_right", nanoc_int_shift_right, big, INT64_MAX);
  shift("shift_right", nanoc_int_shift_right, nanoc_int_from_word(-5), INT64_MAX);
  shift("low", nanoc_int_low, nanoc_int_from_word(5), INT64_MAX);
  nanoc_drop(big);
  static const char *inputs[] = {"", "+", "-", "0", "-0", "+7", "007", " 1", "1 ", "1_0", "0x1", "--1", "12a", "9223372036854775808",
    "-4611686018427387904", "4611686018427387904", "000000000000000000000000000005", "1.0"};
  for (unsigned i = 0; i < sizeof inputs / sizeof *inputs; i++) {
    text *input = literal(inputs[i]);
    word ok, value = nanoc_int_parse(input, &ok);
    show("parse_int", "twi", input, ok, value);
    nanoc_drop(value);
    drop_text(input);
  }
}

static void to_integer(const char *name, word (*operation)(double), double a) {
  word result = operation(a);
  show(name, "fi", a, result);
  nanoc_drop(result);
}

static void float_round(double a) {
  text *digits = nanoc_float_to_string(a);
  show("float_text", "ft", a, digits);
  word ok;
  show("parse_float", "twf", digits, (word)1, nanoc_float_parse(digits, &ok));
  drop_text(digits);
  to_integer("truncate", nanoc_int_from_float, a);
  to_integer("floor", nanoc_int_floor_float, a);
  to_integer("ceil", nanoc_int_ceil_float, a);
  to_integer("round", nanoc_int_round_float, a);
}

static void float_functions(double a, double b) {
  show("pow", "fff", a, b, nanoc_float_pow(a, b));
  show("sin", "ff", a, nanoc_float_sin(a));
  show("cos", "ff", a, nanoc_float_cos(a));
  show("atan2", "fff", a, b, nanoc_float_atan2(a, b));
}

static void floats(void) {
  static const double arguments[] = {0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -3.0, 100.25};
  for (int i = 0; i < 64; i++) float_functions(arguments[i / 8], arguments[i % 8]);
  static const double special[] = {0.0, -0.0, 0.5, -0.5, 1.5, 2.5, -2.5, 0.49999999999999994, 0.1 + 0.2, 1e21, 1e-7, 3.0,
    1e15, 1e16, 1e17, 123456789012345680.0, 5e-324, 1.7976931348623157e308, 2.2250738585072014e-308, 9007199254740993.0,
    4611686018427387904.0, -4611686018427387904.0, 9223372036854775808.0, 1.0 / 0.0, -1.0 / 0.0, 0.0 / 0.0, 4503599627370495.5,
    9.5367431640625e-7, 2e-44, 1.2345e300, 1e23, 9.999999999999999e22, 0.001, 100.0, 1e100};
  for (unsigned i = 0; i < sizeof special / sizeof *special; i++) float_round(special[i]);
  for (int power = -1074; power <= 1023; power++) float_round(power < -1000 ? 0x1p-1000 * __builtin_ldexp(1, power + 1000) : __builtin_ldexp(1, power));
  for (int i = 0; i < rounds * 4; i++) float_round(random_float());
  static const char *inputs[] = {"", "+", ".", "1.", ".5", "-.5", "2e-3", "2E+3", "e5", "1e", "1e+", "inf", "-Infinity", "NAN", "nan(1)", "infin",
    " 1", "1 ", "0x10", "1_0", "1.5.2", "+1", "--1", "1e400", "-1e-400", "0.1e1", "00012.50", "9007199254740993", "1e23",
    "2.4703282292062327208299439634110864386e-324", "179769313486231580793728971405303415079934132710037826936173778980444968292764"};
  for (unsigned i = 0; i < sizeof inputs / sizeof *inputs; i++) {
    text *input = literal(inputs[i]);
    word ok;
    double value = nanoc_float_parse(input, &ok);
    show("parse_float", "twf", input, ok, value);
    drop_text(input);
  }
}

static void string_pair(text *a, text *b, text *c) {
  text *results[7];
  text *parts[] = {a, b, c, a};
  results[0] = nanoc_string_concat(a, b);
  show("concat", "ttt", a, b, results[0]);
  // The first is shared, then the only one with no room, then the only one with some room.
  nanoc_dup((word)a), nanoc_dup((word)b), nanoc_dup((word)c), nanoc_dup((word)a);
  results[5] = nanoc_string_append(nanoc_string_append(nanoc_string_append(a, b), c), a);
  show("append", "tttt", a, b, c, results[5]);
  // The first is shared, then the only one.
  nanoc_dup((word)a), nanoc_dup((word)b), nanoc_dup((word)c), nanoc_dup((word)a);
  results[1] = nanoc_string_append_many(4, parts);
  show("append_many", "tttt", a, b, c, results[1]);
  nanoc_dup((word)a), nanoc_dup((word)b), nanoc_dup((word)c), nanoc_dup((word)a);
  text *own[] = {nanoc_string_append_many(4, parts), b, c};
  nanoc_dup((word)b), nanoc_dup((word)c);
  results[6] = nanoc_string_append_many(3, own);
  show("append_own", "tttt", a, b, c, results[6]);
  results[2] = nanoc_string_replace(a, b, c);
  show("replace", "tttt", a, b, c, results[2]);
  word pieces = nanoc_string_split(a, b);
  show("split", "ttl", a, b, pieces);
  results[3] = nanoc_string_join(pieces, c);
  show("join", "ltt", pieces, c, results[3]);
  results[4] = nanoc_string_join((word)1, c);
  show("join", "ltt", (word)1, c, results[4]);
  for (int i = 0; i < 7; i++) drop_text(results[i]);
  nanoc_drop(pieces);
  show("string_equal", "ttw", a, b, nanoc_string_equal(a, b));
  show("string_compare", "ttw", a, b, nanoc_string_compare(a, b));
  show("contains", "ttw", a, b, nanoc_string_contains(a, b));
  show("starts_with", "ttw", a, b, nanoc_string_starts_with(a, b));
  show("ends_with", "ttw", a, b, nanoc_string_ends_with(a, b));
  word from = below((int)a->byte_length + 2);
  show("index_of", "ttww", a, b, from, nanoc_string_index_of(a, b, from));
}

static void string_single(text *a) {
  text *upper = nanoc_string_to_upper(a), *lower = nanoc_string_to_lower(a), *trimmed = nanoc_string_trim(a);
  show("upper", "tt", a, upper);
  show("lower", "tt", a, lower);
  show("trim", "tt", a, trimmed);
  drop_text(upper);
  drop_text(lower);
  drop_text(trimmed);
  word list = nanoc_string_chars(a);
  show("chars", "tl", a, list);
  nanoc_drop(list);
  show("length", "tw", a, nanoc_string_length(a));
  show("byte_length", "tw", a, nanoc_string_byte_length(a));
  show("first", "tw", a, nanoc_string_first_code_point(a));
  word ok, index = below((int)a->scalar_count + 3) - 1;
  text *character = nanoc_string_char_at(a, index, &ok);
  show("char_at", "twwt", a, index, ok, character);
  drop_text(character);
  word from = below((int)a->scalar_count + 5) - 2, to = below((int)a->scalar_count + 5) - 2;
  text *part = nanoc_string_slice(a, from, to);
  show("slice", "twwt", a, from, to, part);
  drop_text(part);
}

static void strings(void) {
  static const char *table[][3] = {{"", ",", "-"}, {"a,,b,", ",", "x"}, {"ab", "", "-"}, {"aaa", "aa", "b"}, {"", "", "-"},
    {"stra\xC3\x9F" "e", "\xC3\x9F", "ss"}, {"\xCE\x91\xCE\xA3", "", ""}, {"hello", "l", ""}, {"ll", "l", ""}};
  for (unsigned i = 0; i < sizeof table / sizeof *table; i++) {
    text *a = literal(table[i][0]), *b = literal(table[i][1]), *c = literal(table[i][2]);
    string_pair(a, b, c);
    string_single(a);
    drop_text(a);
    drop_text(b);
    drop_text(c);
  }
  for (int i = 0; i < rounds * 2; i++) {
    text *a = random_text(), *b = random_text(), *c = random_text();
    string_pair(a, b, c);
    string_single(a);
    drop_text(a);
    drop_text(b);
    drop_text(c);
  }
  static const word points[] = {-1, 0, 65, 127, 128, 0x7FF, 0x800, 0xD7FF, 0xD800, 0xDFFF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF, 0x110000, INT64_MAX, INT64_MIN};
  for (unsigned i = 0; i < sizeof points / sizeof *points; i++) {
    word ok;
    text *character = nanoc_string_from_code_point(points[i], &ok);
    show("from_code_point", "wwt", points[i], ok, character);
    drop_text(character);
  }
}

// Small programs

static void print(const char *line) {
  text *value = literal(line);
  nanoc_console_print(value);
  drop_text(value);
}

static void lines(void) {
  text *mark = literal("|");
  for (;;) {
    text *line = nanoc_console_read_line();
    if (line->byte_length == 0) break;
    // Behind one byte.
    text *rest = nanoc_bytes_slice(line, 1, line->byte_length);
    if (nanoc_bytes_is_text(rest)) {
      text *shown = nanoc_string_concat(rest, mark);
      nanoc_console_print(shown);
      drop_text(shown);
    } else {
      print("invalid");
    }
    drop_text(rest);
    drop_text(line);
  }
  drop_text(mark);
  print("end");
}

static void check(int holds, const char *what) { if (!holds) print(what); }

static void environment(void) {
  text *name = literal("NANOC_TEST"), *value = literal("\xff=b"), *none = nanoc_env_get(name);
  check(none->byte_length == 0, "a variable is there before it is set");
  text *failure = nanoc_env_set(name, value), *found = nanoc_env_get(name);
  check(failure->byte_length == 0, "a variable can't be set");
  check(found->byte_length == 4 && !memcmp(found->bytes + 1, "\xff=b", 3), "a variable has another value");
  text *empty = literal("");
  drop_text(nanoc_env_set(name, empty));
  drop_text(found);
  found = nanoc_env_get(name);
  check(found->byte_length == 1, "an empty variable is not there");
  drop_text(found), drop_text(empty), drop_text(failure), drop_text(none), drop_text(value), drop_text(name);
  print("set");
}

static void numbers(void) {
  enum { rounds = 60000 };
  int counts[6] = {0};
  word all_set = 0, all_clear = -1;
  double sum = 0;
  for (int i = 0; i < rounds; i++) {
    counts[(nanoc_random_int(-2, 3) >> 1) + 2]++;
    check(nanoc_random_int(7, 7) == 15, "there is but one choice");
    word any = nanoc_random_int(INT64_MIN, INT64_MAX), raw = nanoc_int_to_word_saturating(any);
    all_set |= raw, all_clear &= raw;
    nanoc_drop(any);
    double x = nanoc_random_float();
    check(x >= 0 && x < 1 && x * 0x1p53 == (double)(word)(x * 0x1p53), "a float is out of range");
    sum += x;
  }
  // Each count lies within ten times its standard deviation, 91, of what is to be expected.
  for (int i = 0; i < 6; i++) check(counts[i] > rounds / 6 - 910 && counts[i] < rounds / 6 + 910, "a number is favoured");
  check(all_set == -1 && all_clear == 0, "a bit never changes");
  check(sum > rounds * 0.488 && sum < rounds * 0.512, "the mean of floats is not a half");
  print("random");
}

static void sleeping(void) {
  word before = nanoc_time_unix_ms();
  check(before > 1600000000000, "the clock is wrong");
  print("before");
  nanoc_time_sleep(0);
  nanoc_time_sleep(30);
  word passed = nanoc_time_unix_ms() - before;
  check(passed >= 29 && passed < 20000, "a sleep of 30 ms takes another time");
}

static void endless_sleep(void) {
  print("before");
  nanoc_time_sleep(INT64_MAX);
}

static void arguments(void) {
  word list = nanoc_args_get();
  for (word rest = list; rest != 1; rest = tail_of(rest)) nanoc_console_print((text *)head_of(rest));
  nanoc_drop(list);
}

// A list of ten million integers, every fifth of them big and every third shared, then a tree as deep.
static void deep_drop(void) {
  text *shared = literal("shared");
  word list = 1;
  for (int i = 0; i < 10000000; i++) {
    word head = i % 5 == 0 ? nanoc_int_from_word(INT64_MAX - i) : i % 3 == 0 ? (word)shared : (word)(2 * i + 1);
    if (head == (word)shared) nanoc_dup(head);
    list = i % 2 ? cons(head, list) : cons(list, head);
  }
  nanoc_dup(list);
  nanoc_drop(list);
  nanoc_drop(list);
  if (shared->references != 1) print("wrong count");
  drop_text(shared);
  print("dropped");
}

static __attribute__((noinline)) int64_t recurse(int64_t depth) {
  volatile int64_t frame[3] = {depth};
  return depth == 0 ? 0 : recurse(depth - 1) + frame[0];
}

#if defined(__x86_64__)
// Calls a function of two words with known values in all other registers that calls destroy. What these hold
// afterwards is in `after`: RAX, RCX, RDX, RSI, RDI, R8, R9, R10.
void call_with_registers(void (*function)(void), word a, word b, word after[8]);
__asm__(
    "call_with_registers:\n"
    "push %rbx\n push %r12\n push %rax\n"
    "mov %rdi, %rbx\n mov %rcx, %r12\n mov %rsi, %rdi\n mov %rdx, %rsi\n"
    "mov $100, %rax\n mov $101, %rcx\n mov $102, %rdx\n mov $105, %r8\n mov $106, %r9\n mov $107, %r10\n"
    "call *%rbx\n"
    "mov %rax, (%r12)\n mov %rcx, 8(%r12)\n mov %rdx, 16(%r12)\n mov %rsi, 24(%r12)\n mov %rdi, 32(%r12)\n"
    "mov %r8, 40(%r12)\n mov %r9, 48(%r12)\n mov %r10, 56(%r12)\n"
    "pop %rax\n pop %r12\n pop %rbx\n ret\n");

// Whether a call has the result that is expected, and keeps all registers but that of the result.
static void expect_kept(const char *name, void (*function)(void), word a, word b, word result) {
  word after[8], before[8] = {result, 101, 102, b, a, 105, 106, 107};
  call_with_registers(function, a, b, after);
  for (int index = 0; index < 8; index += 1)
    if (after[index] != before[index]) printf("%s: register %d holds %ld\n", name, index, (long)after[index]);
}

void nanoc_dup_keeping(void), nanoc_drop_keeping(void), nanoc_refill_keeping(void), nanoc_int_add_keeping(void),
    nanoc_int_sub_keeping(void), nanoc_int_mul_keeping(void), nanoc_int_neg_keeping(void),
    nanoc_int_equal_keeping(void), nanoc_int_compare_keeping(void);

static void registers(void) {
  word two = 5, three = 7;
  text *cell = literal("a cell");
  expect_kept("dup", nanoc_dup_keeping, (word)cell, 1, 100);
  expect_kept("drop", nanoc_drop_keeping, (word)cell, 1, 100);
  if (cell->references != 1) printf("%d references\n", cell->references);
  expect_kept("last drop", nanoc_drop_keeping, (word)cell, 1, 100);
  expect_kept("dup of an integer", nanoc_dup_keeping, two, 1, 100);
  expect_kept("drop of an integer", nanoc_drop_keeping, two, 1, 100);
  expect_kept("dup of nothing", nanoc_dup_keeping, 0, 1, 100);
  expect_kept("drop of nothing", nanoc_drop_keeping, 0, 1, 100);
  expect_kept("add", nanoc_int_add_keeping, two, three, 11);
  expect_kept("sub", nanoc_int_sub_keeping, two, three, -1);
  expect_kept("mul", nanoc_int_mul_keeping, two, three, 13);
  expect_kept("neg", nanoc_int_neg_keeping, two, 1, -3);
  expect_kept("equal", nanoc_int_equal_keeping, two, two, 1);
  expect_kept("compare", nanoc_int_compare_keeping, two, two, 0);
  word after[8];
  call_with_registers(nanoc_refill_keeping, 32, 1, after);
  memset((void *)after[0], 0, 32);
  nanoc_free((void *)after[0]);
  print("kept");
}
#else
static void registers(void) { print("kept"); }
#endif

static void shared_counts(void) {
  text *value = literal("x");
  value->references = INT32_MAX;
  nanoc_dup((word)value);
  if (value->references >= 0) print("overflow");
  nanoc_drop((word)value);
  value->references = 1;
  nanoc_drop((word)value);
  nanoc_drop(1);
  nanoc_dup(3);
  print("counts");
}

// Cells of all sizes that live for a while: what is written into one must stay until it is freed. In rounds most are
// of one size, so that pages become all free and serve another.
static void cells(void) {
  enum { count = 40000 };
  static unsigned char *held[count];
  static int sizes[count];
  for (int i = 0; i < 4000000; i++) {
    int slot = i < 3600000 ? below(count) : i % count;
    if (held[slot]) {
      for (int k = 8; k < sizes[slot]; k++) {
        if (held[slot][k] != (unsigned char)slot) print("overwritten"), exit(1);
      }
      nanoc_drop((word)held[slot]);
      held[slot] = NULL;
    }
    if (i >= 3600000) continue;
    sizes[slot] = below(8) ? 16 * (1 + i / 400000) : 16 + below(560);
    held[slot] = nanoc_alloc(sizes[slot]);
    memset(held[slot], slot, sizes[slot]);
    *(int64_t *)held[slot] = 1;
  }
  print("intact");
}

static void entry(void) {
  if (!strcmp(mode, "integers")) integers();
  if (!strcmp(mode, "floats")) floats();
  if (!strcmp(mode, "strings")) strings();
  if (!strcmp(mode, "lines")) lines();
  if (!strcmp(mode, "environment")) environment();
  if (!strcmp(mode, "random")) numbers();
  if (!strcmp(mode, "sleep")) sleeping();
  if (!strcmp(mode, "endless-sleep")) endless_sleep();
  if (!strcmp(mode, "arguments")) arguments();
  if (!strcmp(mode, "deep-drop")) deep_drop();
  if (!strcmp(mode, "counts")) shared_counts();
  if (!strcmp(mode, "registers")) registers();
  if (!strcmp(mode, "cells")) cells();
  if (!strcmp(mode, "hello")) print("hello");
  if (!strcmp(mode, "leak")) literal("leaked"), literal("too");
  if (!strcmp(mode, "recursion")) {
    text *sum = nanoc_int_to_string(nanoc_int_from_word(recurse(10000000)));
    nanoc_console_print(sum);
    drop_text(sum);
  }
  if (!strcmp(mode, "endless")) print("before"), recurse(INT64_MAX);
  if (!strcmp(mode, "bad-access")) *(volatile int *)8 = 1;
  if (!strcmp(mode, "huge")) print("before"), nanoc_alloc((word)1 << 60);
  if (!strcmp(mode, "exhaust")) {
    print("before");
    for (;;) memset(nanoc_alloc(96), 1, 96);
  }
  if (!strcmp(mode, "fault")) print("before"), nanoc_fault(literal("a message"));
  if (!strcmp(mode, "failed")) print("before"), nanoc_main_failed(literal("a message"));
  if (!strcmp(mode, "interrupt")) print("before"), raise(SIGINT);
  if (!strcmp(mode, "terminate")) print("before"), raise(SIGTERM);
  // As `timeout` does, to the process and to its group.
  if (!strcmp(mode, "terminate-twice")) {
    print("before");
    if (fork() == 0) {
      kill(getppid(), SIGTERM);
      kill(getppid(), SIGTERM);
      _exit(0);
    }
    for (;;) pause();
  }
  if (!strcmp(mode, "order")) {
    text *line = literal("text");
    nanoc_console_error(line);
    nanoc_console_warn(line);
    drop_text(line);
  }
  if (!strcmp(mode, "much")) {
    for (int i = 0; i < 100000; i++) print("0123456789 0123456789 0123456789");
    char *bytes = malloc(300000);
    memset(bytes, 'x', 300000);
    text *line = make_text(bytes, 300000);
    free(bytes);
    nanoc_console_print(line);
    drop_text(line);
  }
  fflush(stdout);
}

int main(int count, char **values) {
  mode = count > 1 ? values[1] : "";
  if (getenv("ROUNDS")) rounds = atoi(getenv("ROUNDS"));
  return nanoc_start(count - 1, values + 1, entry);
}
