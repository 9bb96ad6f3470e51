// Marks a region of interest; natively the marks do nothing. Arguments: numbers, regions, and 1 to
// write statistics in each region and end by a mark.
#include "../../include/dilaton.h"
#include "guest.h"

#include <stdio.h>

int main(int argc, char **argv) {
    long n = argument(argc, argv, 1, 1000);
    long regions = argument(argc, argv, 2, 2);
    long marks = argument(argc, argv, 3, 0);
    uint32_t *v = malloc(n * sizeof *v);
    if (!v) {
        return 1;
    }
    uint64_t sum = 0;
    for (long r = 0; r < regions; r++) {
        for (long i = 0; i < n; i++) {
            v[i] = (uint32_t)(i * 2654435761u + (uint32_t)r);
        }
        dilaton_work_begin((uint64_t)r);
        for (long i = 0; i < n; i++) {
            sum += v[i] % 1000;
        }
        if (marks) {
            dilaton_dump_stats();
        }
        dilaton_work_end((uint64_t)r);
    }
    if (marks) {
        dilaton_exit();
    }
    printf("region %ld x %ld: %llu\n", n, regions, (unsigned long long)sum);
    free(v);
    return 0;
}
