#include <stdio.h>
#include <stdlib.h>

static long steps(double cx, double cy) {
    double x = 0, y = 0;
    long n = 0;
    while (n < 100 && x * x + y * y <= 4) {
        double next = x * x - y * y + cx;
        y = 2 * x * y + cy;
        x = next;
        n++;
    }
    return n;
}

int main(int argc, char **argv) {
    long width = argc > 1 ? atol(argv[1]) : 2000, total = 0;
    for (long line = 0; line < width; line++) {
        double cy = 3.0 * line / width - 1.5;
        for (long column = 0; column < width; column++) total += steps(3.0 * column / width - 2, cy);
    }
    printf("%ld\n", total);
}
