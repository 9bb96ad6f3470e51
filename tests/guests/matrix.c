// Matrix product with AVX2 and FMA intrinsics. Arguments: n (a multiple of 8), rounds.
#include "guest.h"

#include <immintrin.h>
#include <stdio.h>

__attribute__((target("avx2,fma"), noinline)) static void multiply(
    const double *a, const double *b, double *c, long n) {
    for (long i = 0; i < n; i++) {
        for (long j = 0; j < n; j += 8) {
            __m256d low = _mm256_setzero_pd(), high = _mm256_setzero_pd();
            for (long k = 0; k < n; k++) {
                __m256d x = _mm256_broadcast_sd(a + i * n + k);
                low = _mm256_fmadd_pd(x, _mm256_loadu_pd(b + k * n + j), low);
                high = _mm256_fmadd_pd(x, _mm256_loadu_pd(b + k * n + j + 4), high);
            }
            _mm256_storeu_pd(c + i * n + j, low);
            _mm256_storeu_pd(c + i * n + j + 4, high);
        }
    }
}

int main(int argc, char **argv) {
    long n = argument(argc, argv, 1, 64) & ~7L;
    long rounds = argument(argc, argv, 2, 2);
    double *a = malloc(n * n * sizeof *a), *b = malloc(n * n * sizeof *b),
           *c = malloc(n * n * sizeof *c);
    if (!a || !b || !c) {
        return 1;
    }
    uint64_t seed = 42;
    for (long i = 0; i < n * n; i++) {
        a[i] = (double)(nextRandom(&seed) >> 40) / 16777216.0;
        b[i] = (double)(nextRandom(&seed) >> 40) / 16777216.0;
    }
    for (long r = 0; r < rounds; r++) {
        multiply(a, b, c, n);
        a[r % (n * n)] += c[r % (n * n)] / 1024;
    }
    double trace = 0, all = 0;
    for (long i = 0; i < n; i++) {
        trace += c[i * n + i];
    }
    for (long i = 0; i < n * n; i++) {
        all += c[i];
    }
    printf("matrix %ld x %ld: trace %.17g sum %.17g\n", n, rounds, trace, all);
    free(a);
    free(b);
    free(c);
    return 0;
}
