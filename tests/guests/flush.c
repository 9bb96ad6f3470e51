// Stores to a line, takes it out of all caches, and adds to it. Argument: lines.
#include "guest.h"

#include <stdio.h>

int main(int argc, char **argv) {
    long lines = argument(argc, argv, 1, 64);
    volatile char *v = aligned_alloc(64, (size_t)lines * 64);
    long sum = 0;
    if (!v) {
        return 1;
    }
    for (long i = 0; i < lines; i++) {
        v[i * 64] = (char)i;
        __builtin_ia32_clflush((const void *)&v[i * 64]);
        sum += __atomic_add_fetch(&v[i * 64], 1, __ATOMIC_SEQ_CST);
    }
    printf("flush %ld: %ld\n", lines, sum);
    free((void *)v);
    return 0;
}
