// STREAM's four kernels. Arguments: elements of each array, rounds.
#include "guest.h"

#include <stdio.h>

int main(int argc, char **argv) {
    long n = argument(argc, argv, 1, 20000);
    long rounds = argument(argc, argv, 2, 10);
    double *a = malloc(n * sizeof *a), *b = malloc(n * sizeof *b), *c = malloc(n * sizeof *c);
    if (!a || !b || !c) {
        puts("no memory");
        return 1;
    }
    for (long i = 0; i < n; i++) {
        a[i] = 1.0;
        b[i] = 2.0;
        c[i] = 0.0;
    }
    const double scalar = 0.42;
    for (long k = 0; k < rounds; k++) {
        for (long i = 0; i < n; i++) {
            c[i] = a[i];
        }
        for (long i = 0; i < n; i++) {
            b[i] = scalar * c[i];
        }
        for (long i = 0; i < n; i++) {
            c[i] = a[i] + b[i];
        }
        for (long i = 0; i < n; i++) {
            a[i] = b[i] + scalar * c[i];
        }
    }
    double sums[3] = {0, 0, 0};
    for (long i = 0; i < n; i++) {
        sums[0] += a[i];
        sums[1] += b[i];
        sums[2] += c[i];
    }
    printf("stream %ld x %ld: a %.17g b %.17g c %.17g\n", n, rounds, sums[0], sums[1], sums[2]);
    free(a);
    free(b);
    free(c);
    return 0;
}
