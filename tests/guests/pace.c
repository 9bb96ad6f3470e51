// How long a sleep and a loop last by the guest's clocks, and by how much the sleep is longer than
// it should be. Arguments: milliseconds to sleep, rounds of the loop.
#define _GNU_SOURCE
#include "guest.h"

#include <stdio.h>
#include <time.h>

static int64_t now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(int argc, char **argv) {
    int64_t sleep = argument(argc, argv, 1, 250) * 1000000LL;
    int64_t rounds = argument(argc, argv, 2, 20000000);
    int64_t begin = now(CLOCK_MONOTONIC), wall = now(CLOCK_REALTIME);
    struct timespec t = {sleep / 1000000000, sleep % 1000000000};
    clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
    int64_t slept = now(CLOCK_MONOTONIC) - begin, wallSlept = now(CLOCK_REALTIME) - wall;
    volatile int64_t sum = 0;
    begin = now(CLOCK_MONOTONIC);
    for (int64_t i = 0; i < rounds; i++) sum += i;
    int64_t looped = now(CLOCK_MONOTONIC) - begin;
    printf("slept %lld ns of %lld: %lld ppm too long; wall clock %lld ns; loop %lld ns\n",
           (long long)slept, (long long)sleep, (long long)((slept - sleep) * 1000000 / sleep),
           (long long)wallSlept, (long long)looped);
    return 0;
}
