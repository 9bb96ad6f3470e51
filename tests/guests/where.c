// Two functions whose misses are known: one walks 64 MiB line by line, one stays in a line. Both make a
// million loads of their own. Arguments: bytes to walk, loads of the other.
#include "guest.h"

#include <stdio.h>

static char table[1 << 20];

__attribute__((noinline)) static long walk(const char *memory, long bytes) {
    long sum = 0;
    for (long i = 0; i < bytes; i += 64) {
        sum += *(volatile const char *)(memory + i);
    }
    return sum;
}

__attribute__((noinline)) static long stay(const char *memory, long loads) {
    long sum = 0;
    for (long i = 0; i < loads; i++) {
        sum += *(volatile const char *)(memory + (i & 63));
    }
    return sum;
}

__attribute__((noinline)) static char *grow(long bytes) {
    char *memory = malloc(bytes);
    *(volatile char *)memory = 0;
    return memory;
}

int main(int argc, char **argv) {
    long bytes = argument(argc, argv, 1, 64 << 20);
    long loads = argument(argc, argv, 2, 1 << 20);
    char *memory = grow(bytes + 64);
    char *line = (char *)(((unsigned long)memory + 63) & ~63UL);
    long sum = walk(line, bytes);
    sum += walk(table, sizeof table);
    sum += stay(line, loads);
    printf("where %ld\n", sum);
    free(memory);
    return 0;
}
