// For each byte of standard input a round of work, as many as the first argument says; steps of each: the second.
#include "guest.h"

#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv) {
    long rounds = argument(argc, argv, 1, 2);
    long steps = argument(argc, argv, 2, 1000000);
    static uint64_t table[4096];
    uint64_t state = 1;
    puts("begun");
    fflush(stdout);
    for (long r = 0; r < rounds; r++) {
        char byte;
        if (read(0, &byte, 1) != 1) {
            return 1;
        }
        for (long i = 0; i < steps; i++) {
            table[nextRandom(&state) % 4096] += state;
        }
    }
    printf("%016llx\n", (unsigned long long)(state + table[7]));
    return 0;
}
