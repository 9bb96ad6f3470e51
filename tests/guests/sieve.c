// Primes below n, r times over. Arguments: n, rounds.
#include "guest.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
    long n = argument(argc, argv, 1, 200000);
    long rounds = argument(argc, argv, 2, 2);
    unsigned char *composite = malloc(n + 1);
    if (!composite) {
        return 1;
    }
    long count = 0, last = 0;
    for (long r = 0; r < rounds; r++) {
        memset(composite, 0, n + 1);
        count = 0;
        for (long i = 2; i < n; i++) {
            if (composite[i]) {
                continue;
            }
            count++;
            last = i;
            for (long j = i * i; j < n; j += i) {
                composite[j] = 1;
            }
        }
    }
    printf("%ld primes below %ld, the last is %ld\n", count, n, last);
    free(composite);
    return 0;
}
