// GMP; its own factorial function is not used, since the multiplications are what is measured.
#include <gmp.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    long total = 0;
    mpz_t product;
    mpz_init(product);
    for (long n = argc > 1 ? atol(argv[1]) : 200; n > 0; n--) {
        mpz_set_ui(product, 1);
        for (long factor = 3000 + n; factor > 0; factor--) mpz_mul_ui(product, product, factor);
        char *digits = mpz_get_str(NULL, 10, product);
        for (const char *d = digits; *d != 0; d++) total += *d - '0';
        free(digits);
    }
    mpz_clear(product);
    printf("%ld\n", total);
}
