// Amdahl's law: rounds of serial work, then of work shared by all threads. Arguments: steps in all, serial
// part of them in thousandths, rounds. The time goes to standard error, in nanoseconds.
#include "guest.h"

#include <omp.h>
#include <stdio.h>

enum { CHUNKS = 256 };  // a multiple of every thread count that it is run with

static uint64_t steps(uint64_t seed, long count) {
    uint64_t state = seed + 1;
    for (long i = 0; i < count; i++) {
        nextRandom(&state);
    }
    return state;
}

int main(int argc, char **argv) {
    long total = argument(argc, argv, 1, 1 << 22);
    long serial = argument(argc, argv, 2, 10);
    long rounds = argument(argc, argv, 3, 1);
    long alone = total / 1000 * serial / rounds;
    long chunk = (total / rounds - alone) / CHUNKS;
    uint64_t sum = 0;
#pragma omp parallel
    {
#pragma omp atomic
        sum++;  // every thread is there before the clock starts
    }
    sum = 0;
    double begin = omp_get_wtime();
    for (long r = 0; r < rounds; r++) {
        sum += steps(sum, alone);
#pragma omp parallel for schedule(static) reduction(^ : sum)
        for (int i = 0; i < CHUNKS; i++) {
            sum ^= steps((uint64_t)i * 2654435761u, chunk);
        }
    }
    double end = omp_get_wtime();
    printf("%016llx\n", (unsigned long long)sum);
    fprintf(stderr, "%.0f\n", (end - begin) * 1e9);
    return 0;
}
