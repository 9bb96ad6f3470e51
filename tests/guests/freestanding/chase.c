// Laws 2 and 9: a chase over BYTES, one node a line, in an order no prefetcher guesses
// (multiplication by an odd constant modulo a power of two plus a shift), STEPS loads long.
#include "start.h"

#ifndef BYTES
#define BYTES (64 << 10)
#endif
#ifndef STEPS
#define STEPS 100000
#endif

enum { NODES = BYTES / 64 };

static struct {
    void *next;
    char rest[56];
} s_nodes[NODES] FIXED;

int run(void) {
    // A full-period linear congruence visits every node once: a - 1 divisible by 4, c odd.
    uint64_t at = 0;
    for (uint64_t i = 0; i < NODES; i++) {
        uint64_t next = (at * 1664525 + 1013904223) % NODES;
        s_nodes[at].next = &s_nodes[next];
        at = next;
    }
    void *p = &s_nodes[0];
    for (uint64_t i = 0; i < STEPS; i++) {
        __asm__ volatile("mov (%0), %0" : "+r"(p));
    }
    return p == 0;
}
