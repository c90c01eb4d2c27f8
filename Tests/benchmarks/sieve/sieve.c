#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static long primes(long limit) {
    bool *flags = malloc(limit);
    memset(flags, true, limit);
    for (long n = 2; n * n < limit; n++)
        if (flags[n])
            for (long multiple = n * n; multiple < limit; multiple += n) flags[multiple] = false;
    long count = 0;
    for (long n = 2; n < limit; n++) count += flags[n];
    free(flags);
    return count;
}

int main(int argc, char **argv) {
    long total = 0;
    long n = argc > 1 ? atol(argv[1]) : 100;
    for (long i = 0; i < n; i++) total += primes(n * 10000 - i);
    printf("%ld\n", total);
}
