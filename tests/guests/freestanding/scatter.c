// Law 9: loads, stores and read-modify-writes at pseudo-random words of BYTES, STEPS times.
#include "start.h"

#ifndef BYTES
#define BYTES (256 << 10)
#endif
#ifndef STEPS
#define STEPS 50000
#endif

enum { WORDS = BYTES / 8 };

static uint64_t s_words[WORDS] FIXED;

int run(void) {
    uint64_t x = 88172645463325252ULL, sum = 0;
    for (int i = 0; i < STEPS; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        uint64_t *word = &s_words[x % WORDS], value;
        switch (x >> 60 & 3) {
        case 0: __asm__ volatile("mov %1, %0" : "=m"(*word) : "r"(x)); break;
        case 1: __asm__ volatile("add %1, %0" : "+m"(*word) : "r"(x)); break;
        default: __asm__ volatile("mov %1, %0" : "=r"(value) : "m"(*word)); sum += value; break;
        }
    }
    __asm__ volatile("" : : "r"(sum));
    return 0;
}
