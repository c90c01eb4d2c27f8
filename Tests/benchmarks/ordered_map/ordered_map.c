// C has no ordered map. All keys are known before the first is looked up, so an array is sorted and searched.
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    int key, value;
} Entry;

static long next(long random) { return random * 16807 % 2147483647; }

// Of equal keys the one with the smaller value was put in later.
static int compare(const void *a, const void *b) {
    const Entry *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return (x->value > y->value) - (x->value < y->value);
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 200000, random = 42, length = 0, sum = 0, checksum = 0;
    Entry *entries = malloc(n * sizeof *entries);
    for (long i = 0; i < n; i++) {
        entries[i] = (Entry){random % 1000000, n - i};
        random = next(random);
    }
    qsort(entries, n, sizeof *entries, compare);
    for (long i = 0; i < n; i++)
        if (length == 0 || entries[length - 1].key != entries[i].key) entries[length++] = entries[i];
    random = 1;
    for (long i = 0; i < 2 * n; i++) {
        int key = random % 1000000;
        long low = 0, high = length;
        while (low < high) {
            long middle = (low + high) / 2;
            if (entries[middle].key < key) low = middle + 1;
            else high = middle;
        }
        sum += low < length && entries[low].key == key ? entries[low].value : 1;
        random = next(random);
    }
    for (long i = 0; i < length; i++) checksum = (checksum * 31 + entries[i].key + entries[i].value) % 1000003;
    printf("%ld %ld %ld\n", length, sum, checksum);
    free(entries);
}
