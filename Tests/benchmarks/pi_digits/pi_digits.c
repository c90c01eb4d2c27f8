// GMP, in place.
#include <gmp.h>
#include <stdio.h>
#include <stdlib.h>

static mpz_t q, r, t, u;

static unsigned long digit(unsigned long x) {
    mpz_mul_ui(u, q, x);
    mpz_add(u, u, r);
    mpz_fdiv_q(u, u, t);
    return mpz_get_ui(u);
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 5000, shown = 0;
    unsigned long k = 1;
    mpz_init_set_ui(q, 1);
    mpz_init(r);
    mpz_init_set_ui(t, 1);
    mpz_init(u);
    while (shown < n) {
        if (mpz_cmp(q, t) < 0) {
            unsigned long d = digit(3);
            if (d == digit(4)) {
                putchar('0' + d);
                if (++shown % 50 == 0 || shown == n) putchar('\n');
                mpz_submul_ui(r, t, d);
                mpz_mul_ui(r, r, 10);
                mpz_mul_ui(q, q, 10);
                continue;
            }
        }
        mpz_addmul_ui(r, q, 2);
        mpz_mul_ui(r, r, 2 * k + 1);
        mpz_mul_ui(q, q, k);
        mpz_mul_ui(t, t, 2 * k + 1);
        k++;
    }
    mpz_clears(q, r, t, u, NULL);
}
