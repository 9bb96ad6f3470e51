// Law 9: a scalar triad over three arrays of N doubles' worth of integers, ROUNDS times.
#include "start.h"

#ifndef N
#define N 8192
#endif
#ifndef ROUNDS
#define ROUNDS 4
#endif

static uint64_t s_a[N] FIXED, s_b[N] FIXED, s_c[N] FIXED;

int run(void) {
    for (int r = 0; r < ROUNDS; r++) {
        for (int i = 0; i < N; i++) {
            uint64_t b, c;
            __asm__ volatile("mov %1, %0" : "=r"(b) : "m"(s_b[i]));
            __asm__ volatile("mov %1, %0" : "=r"(c) : "m"(s_c[i]));
            __asm__ volatile("mov %1, %0" : "=m"(s_a[i]) : "r"(b + 3 * c));
        }
    }
    return 0;
}
