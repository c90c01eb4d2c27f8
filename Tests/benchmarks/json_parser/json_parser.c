// Arrays that grow; texts are copied out of the source.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char *bytes;
    size_t length, capacity;
} Text;

typedef enum { NONE, BOOLEAN, NUMBER, TEXT, ARRAY, OBJECT } Kind;

// The keys of an object stand beside its values.
typedef struct Json {
    Kind kind;
    union {
        bool boolean;
        long number;
        Text text;
        struct {
            struct Json *items;
            Text *keys;
            size_t count, capacity;
        };
    };
} Json;

static void add_bytes(Text *text, const char *bytes, size_t count) {
    if (text->capacity - text->length < count) {
        text->capacity = 2 * text->capacity + count;
        text->bytes = realloc(text->bytes, text->capacity);
    }
    memcpy(text->bytes + text->length, bytes, count);
    text->length += count;
}

static void add(Text *text, const char *piece) { add_bytes(text, piece, strlen(piece)); }

static void add_number(Text *text, long n) {
    char digits[24];
    add_bytes(text, digits, sprintf(digits, "%ld", n));
}

static Text text_of(const char *piece) {
    Text text = {0};
    add(&text, piece);
    return text;
}

static void append(Json *list, Json item) {
    if (list->count == list->capacity) {
        list->capacity = list->capacity == 0 ? 4 : 2 * list->capacity;
        list->items = realloc(list->items, list->capacity * sizeof *list->items);
        if (list->kind == OBJECT) list->keys = realloc(list->keys, list->capacity * sizeof *list->keys);
    }
    list->items[list->count++] = item;
}

static void set(Json *object, Text key, Json value) {
    append(object, value);
    object->keys[object->count - 1] = key;
}

static Json person(long n) {
    char text[64];
    Json tags = {.kind = ARRAY}, result = {.kind = OBJECT};
    append(&tags, (Json){.kind = TEXT, .text = text_of("even")});
    sprintf(text, "t%ld", n % 10);
    append(&tags, (Json){.kind = TEXT, .text = text_of(text)});
    append(&tags, (Json){.kind = ARRAY});
    set(&result, text_of("id"), (Json){.kind = NUMBER, .number = n});
    sprintf(text, "person \"%ld\"", n);
    set(&result, text_of("name"), (Json){.kind = TEXT, .text = text_of(text)});
    set(&result, text_of("tags"), tags);
    set(&result, text_of("active"), (Json){.kind = BOOLEAN, .boolean = n % 2 == 0});
    set(&result, text_of("parent"), (Json){.kind = NONE});
    set(&result, text_of("balance"), (Json){.kind = NUMBER, .number = 1000 - n});
    return result;
}

static void discard(Json *json) {
    if (json->kind == TEXT) free(json->text.bytes);
    if (json->kind != ARRAY && json->kind != OBJECT) return;
    for (size_t i = 0; i < json->count; i++) {
        discard(&json->items[i]);
        if (json->kind == OBJECT) free(json->keys[i].bytes);
    }
    free(json->items);
    if (json->kind == OBJECT) free(json->keys);
}

static void quote(Text *out, Text text) {
    add(out, "\"");
    size_t start = 0;
    for (size_t i = 0; i < text.length; i++)
        if (text.bytes[i] == '"' || text.bytes[i] == '\\') {
            add_bytes(out, text.bytes + start, i - start);
            add(out, "\\");
            start = i;
        }
    add_bytes(out, text.bytes + start, text.length - start);
    add(out, "\"");
}

static void render(Text *out, const Json *json) {
    switch (json->kind) {
    case NONE: add(out, "null"); break;
    case BOOLEAN: add(out, json->boolean ? "true" : "false"); break;
    case NUMBER: add_number(out, json->number); break;
    case TEXT: quote(out, json->text); break;
    default:
        add(out, json->kind == ARRAY ? "[" : "{");
        for (size_t i = 0; i < json->count; i++) {
            if (i > 0) add(out, ",");
            if (json->kind == OBJECT) {
                quote(out, json->keys[i]);
                add(out, ":");
            }
            render(out, &json->items[i]);
        }
        add(out, json->kind == ARRAY ? "]" : "}");
    }
}

typedef struct {
    const char *start, *at, *end;
} Parser;

static void fail(const Parser *p, const char *what) {
    fprintf(stderr, "%s at %td\n", what, p->at - p->start);
    exit(1);
}

static void skip(Parser *p) {
    while (p->at < p->end && (*p->at == ' ' || *p->at == '\n' || *p->at == '\t')) p->at++;
}

static bool accept(Parser *p, char c) {
    skip(p);
    if (p->at == p->end || *p->at != c) return false;
    p->at++;
    return true;
}

static Json word(Parser *p, const char *spelling, Json meaning) {
    size_t length = strlen(spelling);
    if ((size_t)(p->end - p->at) < length || memcmp(p->at, spelling, length) != 0) fail(p, "no value");
    p->at += length;
    return meaning;
}

static long parse_number(Parser *p) {
    bool negative = accept(p, '-');
    long n = 0;
    if (p->at == p->end || *p->at < '0' || *p->at > '9') fail(p, "no value");
    while (p->at < p->end && *p->at >= '0' && *p->at <= '9') n = n * 10 + *p->at++ - '0';
    return negative ? -n : n;
}

static Text parse_text(Parser *p) {
    Text text = {0};
    if (!accept(p, '"')) fail(p, "no text");
    const char *piece = p->at;
    for (;; p->at++) {
        if (p->at == p->end) fail(p, "text without end");
        if (*p->at == '"') break;
        if (*p->at == '\\') {
            add_bytes(&text, piece, p->at - piece);
            piece = ++p->at;
            if (p->at == p->end) fail(p, "text without end");
        }
    }
    add_bytes(&text, piece, p->at - piece);
    p->at++;
    return text;
}

static Json parse_value(Parser *p) {
    skip(p);
    switch (p->at < p->end ? *p->at : 0) {
    case '{': {
        Json object = {.kind = OBJECT};
        p->at++;
        if (accept(p, '}')) return object;
        do {
            Text key = parse_text(p);
            if (!accept(p, ':')) fail(p, "no :");
            set(&object, key, parse_value(p));
        } while (accept(p, ','));
        if (!accept(p, '}')) fail(p, "no , or }");
        return object;
    }
    case '[': {
        Json array = {.kind = ARRAY};
        p->at++;
        if (accept(p, ']')) return array;
        do append(&array, parse_value(p));
        while (accept(p, ','));
        if (!accept(p, ']')) fail(p, "no , or ]");
        return array;
    }
    case '"': return (Json){.kind = TEXT, .text = parse_text(p)};
    case 't': return word(p, "true", (Json){.kind = BOOLEAN, .boolean = true});
    case 'f': return word(p, "false", (Json){.kind = BOOLEAN});
    case 'n': return word(p, "null", (Json){.kind = NONE});
    default: return (Json){.kind = NUMBER, .number = parse_number(p)};
    }
}

static long values, sum, letters;

static void count(const Json *json) {
    values++;
    if (json->kind == NUMBER) sum += json->number;
    if (json->kind == TEXT) letters += json->text.length;
    if (json->kind == ARRAY || json->kind == OBJECT)
        for (size_t i = 0; i < json->count; i++) count(&json->items[i]);
}

int main(int argc, char **argv) {
    long size = argc > 1 ? atol(argv[1]) : 50000;
    Json people = {.kind = ARRAY};
    for (long n = 1; n <= size; n++) append(&people, person(n));
    Text text = {0}, again = {0};
    render(&text, &people);
    discard(&people);
    Parser parser = {text.bytes, text.bytes, text.bytes + text.length};
    Json json = parse_value(&parser);
    skip(&parser);
    if (parser.at != parser.end) fail(&parser, "more behind the value");
    count(&json);
    render(&again, &json);
    discard(&json);
    bool same = again.length == text.length && memcmp(again.bytes, text.bytes, text.length) == 0;
    printf("%zu %ld %ld %ld %s\n", text.length, values, sum, letters, same ? "true" : "false");
    free(text.bytes);
    free(again.bytes);
}
