// Law 9 for instruction fetches: a loop body of about CODE bytes, ROUNDS times over.
#include "start.h"

#ifndef CODE
#define CODE (48 << 10)
#endif
#ifndef ROUNDS
#define ROUNDS 20
#endif

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)

int run(void) {
    uint64_t x = 1;
    for (int r = 0; r < ROUNDS; r++) {
        __asm__ volatile(".rept " TEXT(CODE) " / 4\n lea 3(%0), %0\n .endr" : "+r"(x));
    }
    return x == 0;
}
