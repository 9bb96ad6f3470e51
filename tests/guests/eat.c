// Takes memory, a MiB at a time, and touches it. Argument: MiB.
#include "guest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
    long goal = argument(argc, argv, 1, 16);
    long have = 0;
    uint64_t sum = 0;
    while (have < goal) {
        char *p = malloc(1 << 20);
        if (!p) {
            printf("no more after %s MiB: %s\n", have > 0 ? "some" : "no", strerror(errno));
            return 5;
        }
        memset(p, (int)have, 1 << 20);
        sum += (unsigned char)p[12345];
        have++;
    }
    printf("have %ld MiB, sum %llu\n", have, (unsigned long long)sum);
    return 0;
}
