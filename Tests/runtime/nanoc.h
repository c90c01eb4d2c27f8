// The exported functions of the runtime, as compiled programs see them.
#ifndef NANOC_H
#define NANOC_H

#include <stdint.h>

typedef int64_t word;

/// The cell of a string: counted, or static with a negative reference count. It has at least eight bytes, zeros behind
/// a shorter text.
typedef struct {
  int32_t references;
  uint16_t tag, counted;
  int64_t byte_length, scalar_count;
  unsigned char bytes[];
} text;

void *nanoc_alloc(word size);
void nanoc_free(void *cell);
void nanoc_dup(word value);
void nanoc_drop(word value);
void nanoc_take(void *cell);

int32_t nanoc_start(int32_t count, char **arguments, void (*entry)(void));
_Noreturn void nanoc_fault(text *message);
_Noreturn void nanoc_main_failed(text *message);

void nanoc_console_print(text *line);
void nanoc_console_error(text *line);
void nanoc_console_warn(text *line);
void nanoc_console_flush(void);
text *nanoc_bytes_slice(text *bytes, word from, word to);
word nanoc_bytes_is_text(text *bytes);
text *nanoc_console_read_line(void);
text *nanoc_env_get(text *name);
text *nanoc_env_set(text *name, text *value);
word nanoc_time_unix_ms(void);
void nanoc_time_sleep(word milliseconds);
word nanoc_random_int(word least, word most);
double nanoc_random_float(void);
word nanoc_args_get(void);

word nanoc_int_add(word a, word b);
word nanoc_int_sub(word a, word b);
word nanoc_int_mul(word a, word b);
word nanoc_int_div(word a, word b);
word nanoc_int_mod(word a, word b);
word nanoc_int_neg(word a);
word nanoc_int_abs(word a);
word nanoc_int_compare(word a, word b);
word nanoc_int_equal(word a, word b);
word nanoc_int_and(word a, word b);
word nanoc_int_or(word a, word b);
word nanoc_int_xor(word a, word b);
word nanoc_int_not(word a);
word nanoc_int_shift_left(word a, word count);
word nanoc_int_shift_right(word a, word count);
word nanoc_int_low(word a, word count);
word nanoc_int_from_decimal(const char *digits, word length);
word nanoc_int_parse(text *digits, word *ok);
word nanoc_int_is_numeral(text *digits);
word nanoc_int_parse_numeral(text *digits);
text *nanoc_int_to_string(word a);
word nanoc_int_from_word(word a);
word nanoc_int_to_word_saturating(word a);
word nanoc_int_from_float(double a);
word nanoc_int_floor_float(double a);
word nanoc_int_ceil_float(double a);
word nanoc_int_round_float(double a);
double nanoc_int_to_float(word a);

text *nanoc_float_to_string(double a);
double nanoc_float_parse(text *digits, word *ok);
word nanoc_float_is_numeral(text *digits);
double nanoc_float_parse_numeral(text *digits);
double nanoc_float_abs(double a);
double nanoc_float_sqrt(double a);
double nanoc_float_min(double a, double b);
double nanoc_float_max(double a, double b);
double nanoc_float_pow(double base, double exponent);
double nanoc_float_sin(double angle);
double nanoc_float_cos(double angle);
double nanoc_float_atan2(double y, double x);

text *nanoc_string_concat(text *a, text *b);
text *nanoc_string_append(text *a, text *b);
text *nanoc_string_append_many(word count, text **parts);
word nanoc_string_equal(text *a, text *b);
word nanoc_string_compare(text *a, text *b);
text *nanoc_string_char_at(text *a, word index, word *ok);
text *nanoc_string_at(text *a, word index);
text *nanoc_string_slice(text *a, word from, word to);
text *nanoc_string_slice_bytes(text *a, word from, word to);
word nanoc_string_length(text *a);
word nanoc_string_byte_length(text *a);
word nanoc_string_contains(text *a, text *b);
word nanoc_string_starts_with(text *a, text *b);
word nanoc_string_ends_with(text *a, text *b);
word nanoc_string_index_of(text *a, text *b, word from);
text *nanoc_string_trim(text *a);
word nanoc_string_chars(text *a);
word nanoc_string_split(text *a, text *b);
text *nanoc_string_join(word list, text *separator);
text *nanoc_string_replace(text *a, text *from, text *to);
word nanoc_string_first_code_point(text *a);
text *nanoc_string_from_code_point(word value, word *ok);
text *nanoc_string_from_scalar(word value);
text *nanoc_string_to_upper(text *a);
text *nanoc_string_to_lower(text *a);

#endif
