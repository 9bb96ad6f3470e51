// What the guest programs share: sizes from the command line and chance from a fixed seed.
// Every program prints the same bytes on every machine: no clock, no address, no host fact.
#ifndef GUEST_H
#define GUEST_H

#include <stdint.h>
#include <stdlib.h>

// The index-th argument as a number, or the default.
static inline long argument(int argc, char **argv, int index, long otherwise) {
    return argc > index ? strtol(argv[index], NULL, 0) : otherwise;
}

// xorshift64*: good enough, and the same everywhere.
static inline uint64_t nextRandom(uint64_t *state) {
    uint64_t x = *state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *state = x;
    return x * 0x2545F4914F6CDD1DULL;
}

#endif
