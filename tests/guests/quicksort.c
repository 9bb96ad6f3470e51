// Own quicksort and the library's qsort (indirect calls) over the same numbers.
// Arguments: numbers, rounds.
#include "guest.h"

#include <stdio.h>
#include <string.h>

static void sortRange(uint32_t *v, long low, long high) {
    while (low < high) {
        uint32_t pivot = v[(low + high) / 2];
        long i = low, j = high;
        while (i <= j) {
            while (v[i] < pivot) {
                i++;
            }
            while (v[j] > pivot) {
                j--;
            }
            if (i <= j) {
                uint32_t swap = v[i];
                v[i++] = v[j];
                v[j--] = swap;
            }
        }
        if (j - low < high - i) {
            sortRange(v, low, j);
            low = i;
        } else {
            sortRange(v, i, high);
            high = j;
        }
    }
}

static int compare(const void *x, const void *y) {
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

int main(int argc, char **argv) {
    long n = argument(argc, argv, 1, 20000);
    long rounds = argument(argc, argv, 2, 1);
    uint32_t *numbers = malloc(n * sizeof *numbers), *mine = malloc(n * sizeof *mine),
             *theirs = malloc(n * sizeof *theirs);
    if (!numbers || !mine || !theirs) {
        return 1;
    }
    uint64_t seed = 7;
    uint64_t hash = 0;
    int same = 1;
    for (long r = 0; r < rounds; r++) {
        for (long i = 0; i < n; i++) {
            numbers[i] = (uint32_t)(nextRandom(&seed) >> 32);
        }
        memcpy(mine, numbers, n * sizeof *mine);
        memcpy(theirs, numbers, n * sizeof *theirs);
        sortRange(mine, 0, n - 1);
        qsort(theirs, n, sizeof *theirs, compare);
        same &= memcmp(mine, theirs, n * sizeof *mine) == 0;
        for (long i = 0; i < n; i++) {
            hash = hash * 1099511628211ULL + mine[i];
        }
    }
    printf("quicksort %ld x %ld: %s, hash %016llx\n", n, rounds, same ? "equal" : "DIFFERENT",
           (unsigned long long)hash);
    return !same;
}
