// A hash table with open addressing whose keys are parts of the text.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *word;
    uint32_t length, hash;
    long count;
} Entry;

typedef struct {
    Entry *entries;
    size_t capacity, used;
} Table;

static Entry *find(const Table *table, const char *word, uint32_t length, uint32_t hash) {
    size_t mask = table->capacity - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        Entry *e = &table->entries[i];
        if (e->word == NULL) return e;
        if (e->hash == hash && e->length == length && memcmp(e->word, word, length) == 0) return e;
    }
}

static void grow(Table *table) {
    Table larger = {calloc(2 * table->capacity, sizeof(Entry)), 2 * table->capacity, table->used};
    for (size_t i = 0; i < table->capacity; i++) {
        Entry e = table->entries[i];
        if (e.word != NULL) *find(&larger, e.word, e.length, e.hash) = e;
    }
    free(table->entries);
    *table = larger;
}

static void count(Table *table, const char *word, uint32_t length) {
    uint32_t hash = 2166136261u;
    for (uint32_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)word[i]) * 16777619u;
    Entry *e = find(table, word, length, hash);
    if (e->word == NULL) {
        if (4 * table->used >= 3 * table->capacity) {
            grow(table);
            e = find(table, word, length, hash);
        }
        *e = (Entry){word, length, hash, 0};
        table->used++;
    }
    e->count++;
}

static int by_rank(const void *a, const void *b) {
    const Entry *x = a, *y = b;
    if (x->count != y->count) return x->count < y->count ? 1 : -1;
    int order = memcmp(x->word, y->word, x->length < y->length ? x->length : y->length);
    return order != 0 ? order : (x->length > y->length) - (x->length < y->length);
}

static char *spell(char *end, long n) {
    if (n >= 70) end = spell(end, n / 70);
    n %= 70;
    *end++ = "bdfgklmnprstvz"[n / 5];
    *end++ = "aeiou"[n % 5];
    return end;
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 400000;
    long *numbers = malloc(n * sizeof *numbers);
    long random = 42;
    // As the others do, the first word is the last of the text.
    for (long i = n; i > 0; i--) {
        numbers[i - 1] = random % 300 * (random / 300 % 300);
        random = random * 16807 % 2147483647;
    }
    char *text = malloc(8 * n + 1), *end = text;
    for (long i = 0; i < n; i++) {
        if (i > 0) *end++ = ' ';
        end = spell(end, numbers[i]);
    }
    *end = 0;
    free(numbers);
    Table table = {calloc(1024, sizeof(Entry)), 1024, 0};
    for (const char *word = text;;) {
        const char *behind = strchr(word, ' ');
        if (behind == NULL) behind = end;
        count(&table, word, behind - word);
        if (behind == end) break;
        word = behind + 1;
    }
    printf("%zd %zu\n", end - text, table.used);
    size_t used = 0;
    for (size_t i = 0; i < table.capacity; i++)
        if (table.entries[i].word != NULL) table.entries[used++] = table.entries[i];
    qsort(table.entries, used, sizeof(Entry), by_rank);
    for (size_t i = 0; i < used && i < 10; i++)
        printf("%.*s %ld\n", (int)table.entries[i].length, table.entries[i].word, table.entries[i].count);
    free(table.entries);
    free(text);
}
