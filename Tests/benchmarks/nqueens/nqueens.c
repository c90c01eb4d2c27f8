// An array of columns: one element a row.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static int placed[64];

static bool is_safe(int column, int row) {
    for (int before = row - 1; before >= 0; before--)
        if (placed[before] == column || abs(placed[before] - column) == row - before) return false;
    return true;
}

static long place(int n, int row) {
    if (row == n) return 1;
    long count = 0;
    for (int column = 0; column < n; column++)
        if (is_safe(column, row)) {
            placed[row] = column;
            count += place(n, row + 1);
        }
    return count;
}

int main(int argc, char **argv) {
    printf("%ld\n", place(argc > 1 ? atoi(argv[1]) : 13, 0));
}
