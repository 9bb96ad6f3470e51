// One kernel between the marks, after what it reads was set up. Arguments: kernel, size, rounds.
#include "../../include/dilaton.h"
#include "guest.h"

#include <stdio.h>
#include <string.h>

static double triad(long n, long rounds) {
    double *a = calloc(n, 8), *b = calloc(n, 8), *c = calloc(n, 8);
    for (long i = 0; i < n; i++) {
        a[i] = 0.0;
        b[i] = 1.0;
        c[i] = (double)i;
    }
    dilaton_work_begin(0);
    for (long r = 0; r < rounds; r++) {
        for (long i = 0; i < n; i++) {
            a[i] = b[i] + 0.5 * c[i];
        }
    }
    dilaton_work_end(0);
    return a[n - 1];
}

// One random cycle through n lines. With a payload the node's first word is read first, so that the
// pointer hits a line that is yet to come.
static double chase(long n, long rounds, int payload) {
    uint64_t *m = aligned_alloc(4096, (size_t)n * 64);
    uint32_t *order = malloc(n * sizeof *order);
    uint64_t seed = 88172645463325252ULL, sum = 0;
    for (long i = 0; i < n; i++) {
        order[i] = (uint32_t)i;
    }
    for (long i = n - 1; i > 0; i--) {
        long j = (long)(nextRandom(&seed) % (uint64_t)i);
        uint32_t swap = order[i];
        order[i] = order[j];
        order[j] = swap;
    }
    for (long i = 0; i < n; i++) {
        m[i * 8] = 1;
        m[i * 8 + 1] = (uint64_t)(uintptr_t)(m + (uint64_t)order[i] * 8);
    }
    uint64_t *p = m;
    dilaton_work_begin(0);
    for (long i = 0; i < rounds; i++) {
        sum += payload ? p[0] : 0;
        p = (uint64_t *)(uintptr_t)p[1];
    }
    dilaton_work_end(0);
    return (double)sum + (double)(p - m);
}

static double matrix(long n, long rounds) {
    double *a = calloc(n * n, 8), *b = calloc(n * n, 8), *c = calloc(n * n, 8);
    for (long i = 0; i < n * n; i++) {
        a[i] = 1.0;
        b[i] = 2.0;
        c[i] = 0.0;
    }
    dilaton_work_begin(0);
    for (long r = 0; r < rounds; r++) {
        for (long i = 0; i < n; i++) {
            for (long k = 0; k < n; k++) {
                for (long j = 0; j < n; j++) {
                    c[i * n + j] += a[i * n + k] * b[k * n + j];
                }
            }
        }
    }
    dilaton_work_end(0);
    return c[n * n - 1];
}

// Neighbours of a random graph, each looked up by its number: independent misses.
static double graph(long n, long rounds) {
    uint32_t *edges = malloc(rounds * sizeof *edges);
    uint64_t *rank = aligned_alloc(4096, (size_t)n * 64);
    uint64_t seed = 88172645463325252ULL, sum = 0;
    for (long i = 0; i < rounds; i++) {
        edges[i] = (uint32_t)(nextRandom(&seed) % (uint64_t)n);
    }
    for (long i = 0; i < n; i++) {
        rank[i * 8] = (uint64_t)i;
    }
    dilaton_work_begin(0);
    for (long i = 0; i < rounds; i++) {
        sum += rank[(uint64_t)edges[i] * 8];
    }
    dilaton_work_end(0);
    return (double)sum;
}

static double stencil(long n, long rounds) {
    double *a = calloc(n * n, 8), *b = calloc(n * n, 8);
    for (long i = 0; i < n * n; i++) {
        a[i] = (double)(i % 7);
        b[i] = 0.0;
    }
    dilaton_work_begin(0);
    for (long r = 0; r < rounds; r++) {
        for (long i = 1; i < n - 1; i++) {
            for (long j = 1; j < n - 1; j++) {
                b[i * n + j] = 0.2 * (a[i * n + j] + a[i * n + j - 1] + a[i * n + j + 1] +
                                      a[(i - 1) * n + j] + a[(i + 1) * n + j]);
            }
        }
        double *swap = a;
        a = b;
        b = swap;
    }
    dilaton_work_end(0);
    return a[n + 1];
}

static void quicksort(uint32_t *a, long low, long high) {
    while (low < high) {
        uint32_t pivot = a[low + (high - low) / 2];
        long i = low, j = high;
        while (i <= j) {
            while (a[i] < pivot) {
                i++;
            }
            while (a[j] > pivot) {
                j--;
            }
            if (i <= j) {
                uint32_t swap = a[i];
                a[i++] = a[j];
                a[j--] = swap;
            }
        }
        quicksort(a, low, j);
        low = i;
    }
}

// Branches that look at data: of random numbers nobody knows them, of sorted ones everybody does.
static double sort(long n, int sorted) {
    uint32_t *a = malloc((size_t)n * sizeof *a);
    uint64_t seed = 88172645463325252ULL;
    for (long i = 0; i < n; i++) {
        a[i] = sorted ? (uint32_t)i : (uint32_t)(nextRandom(&seed) >> 33);
    }
    dilaton_work_begin(0);
    quicksort(a, 0, n - 1);
    dilaton_work_end(0);
    for (long i = 1; i < n; i++) {
        if (a[i - 1] > a[i]) {
            return -1.0;
        }
    }
    return (double)a[n / 2];
}

int main(int argc, char **argv) {
    const char *kernel = argc > 1 ? argv[1] : "";
    long size = argument(argc, argv, 2, 1000), rounds = argument(argc, argv, 3, 1);
    double result = !strcmp(kernel, "triad")     ? triad(size, rounds)
                    : !strcmp(kernel, "chase")   ? chase(size, rounds, 0)
                    : !strcmp(kernel, "list")    ? chase(size, rounds, 1)
                    : !strcmp(kernel, "matrix")  ? matrix(size, rounds)
                    : !strcmp(kernel, "graph")   ? graph(size, rounds)
                    : !strcmp(kernel, "stencil") ? stencil(size, rounds)
                    : !strcmp(kernel, "sort")    ? sort(size, 0)
                    : !strcmp(kernel, "sorted")  ? sort(size, 1)
                                                 : -1.0;
    printf("%s %ld x %ld: %g\n", kernel, size, rounds, result);
    return result < 0;
}
