// Law 9: transposes an N x N matrix of 8-byte words, ROUNDS times: strides of a page and more.
#include "start.h"

#ifndef N
#define N 128
#endif
#ifndef ROUNDS
#define ROUNDS 2
#endif

static uint64_t s_from[N * N] FIXED, s_to[N * N] FIXED;

int run(void) {
    for (int r = 0; r < ROUNDS; r++) {
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < N; j++) {
                uint64_t value;
                __asm__ volatile("mov %1, %0" : "=r"(value) : "m"(s_from[i * N + j]));
                __asm__ volatile("mov %1, %0" : "=m"(s_to[j * N + i]) : "r"(value));
            }
        }
    }
    return 0;
}
