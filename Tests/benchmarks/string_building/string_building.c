#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char *bytes;
    size_t length, capacity;
} Text;

// Room for so many more bytes; gives where they go.
static char *reserve(Text *text, size_t count) {
    if (text->capacity - text->length < count) {
        while (text->capacity - text->length < count) text->capacity = 2 * text->capacity + 64;
        text->bytes = realloc(text->bytes, text->capacity);
    }
    return text->bytes + text->length;
}

static void add_char(Text *text, char c) {
    *reserve(text, 1) = c;
    text->length++;
}

static void add_text(Text *text, const char *piece) {
    size_t count = strlen(piece);
    memcpy(reserve(text, count), piece, count);
    text->length += count;
}

static void add_number(Text *text, long n) {
    char digits[20], *first = digits + sizeof digits;
    do *--first = '0' + n % 10;
    while ((n /= 10) > 0);
    size_t count = digits + sizeof digits - first;
    memcpy(reserve(text, count), first, count);
    text->length += count;
}

static void rows(Text *text, long n) {
    static const char *const names[] = {"alpha", "beta", "gamma"};
    for (long i = 0; i < n; i++) {
        add_number(text, i);
        add_text(text, ": ");
        add_number(text, i * i % 1009);
        add_char(text, ' ');
        add_text(text, names[i % 3]);
        add_char(text, '\n');
    }
}

static void nested(Text *text, int depth, long label) {
    if (depth == 0) {
        add_number(text, label);
        return;
    }
    add_char(text, '(');
    nested(text, depth - 1, 2 * label);
    add_char(text, ' ');
    nested(text, depth - 1, 2 * label + 1);
    add_char(text, ')');
}

static void report(Text *text) {
    long checksum = 0;
    for (size_t i = 0; i < text->length; i++) checksum = (checksum * 31 + (unsigned char)text->bytes[i]) % 1000003;
    printf("%zu %ld\n", text->length, checksum);
    free(text->bytes);
    *text = (Text){0};
}

int main(int argc, char **argv) {
    int n = argc > 1 ? atoi(argv[1]) : 18;
    Text text = {0};
    rows(&text, n * n * n * 150L);
    report(&text);
    nested(&text, n, 1);
    report(&text);
}
