// Arrays instead of lists.
#include <stdio.h>
#include <stdlib.h>

static long scrambled(long x) { return (x * x + 3 * x) % 10007; }

static long round_from(long first, long length) {
    long *numbers = malloc(length * sizeof *numbers);
    long *kept = malloc(length * sizeof *kept);
    size_t count = 0;
    long sum = 0;
    for (long i = 0; i < length; i++) numbers[i] = first + i;
    for (long i = 0; i < length; i++) numbers[i] = scrambled(numbers[i]);
    for (long i = 0; i < length; i++)
        if (numbers[i] % 2 == 1) kept[count++] = numbers[i];
    for (size_t i = 0; i < count; i++) sum += kept[i];
    free(numbers);
    free(kept);
    return sum;
}

int main(int argc, char **argv) {
    long total = 0;
    long size = argc > 1 ? atol(argv[1]) : 200;
    for (long n = size; n > 0; n--) total += round_from(n, size * 500);
    printf("%ld\n", total);
}
