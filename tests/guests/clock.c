// Clocks agree, never go back, and a sleep lasts what it should. Argument: milliseconds to sleep;
// a second argument prints the figures (they are the same in every run only under Dilaton).
#define _GNU_SOURCE
#include "guest.h"

#include <poll.h>
#include <stdio.h>
#include <sys/time.h>
#include <time.h>
#include <x86intrin.h>

static int64_t now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static const char *judge(int good) { return good ? "yes" : "NO"; }

int main(int argc, char **argv) {
    int64_t sleep = argument(argc, argv, 1, 1000) * 1000000LL;
    int64_t begin = now(CLOCK_MONOTONIC), wall = now(CLOCK_REALTIME), cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    uint64_t tsc = __rdtsc();
    struct timespec t = {sleep / 1000000000, sleep % 1000000000};
    int result = clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
    uint64_t ticks = __rdtsc() - tsc;
    int64_t slept = now(CLOCK_MONOTONIC) - begin, wallSlept = now(CLOCK_REALTIME) - wall;
    int64_t used = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    printf("slept: %d, long enough: %s\n", result, judge(slept >= sleep));
    printf("clocks agree: %s\n", judge(llabs(slept - wallSlept) < 5000000));
    printf("sleeping used no CPU time: %s\n", judge(used < sleep / 2));
    printf("the TSC went on: %s\n", judge(ticks > (uint64_t)sleep / 20));

    t = (struct timespec){0, 0};
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_nsec += 5000000;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    int64_t goal = t.tv_sec * 1000000000LL + t.tv_nsec;
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
    printf("absolute sleep: %s\n", judge(now(CLOCK_MONOTONIC) >= goal));
    begin = now(CLOCK_MONOTONIC);
    int ready = poll(NULL, 0, 3);
    printf("poll: %d %s\n", ready, judge(now(CLOCK_MONOTONIC) - begin >= 3000000));

    int back = 0;
    int64_t last = now(CLOCK_MONOTONIC);
    uint64_t lastTsc = __rdtsc();
    for (int i = 0; i < 1000; i++) {
        int64_t next = now(CLOCK_MONOTONIC);
        uint64_t nextTsc = __rdtsc();
        back += next < last || nextTsc < lastTsc;
        last = next;
        lastTsc = nextTsc;
    }
    struct timeval day;
    gettimeofday(&day, NULL);
    int64_t difference = now(CLOCK_REALTIME) - (day.tv_sec * 1000000000LL + day.tv_usec * 1000LL);
    printf("went back: %d, gettimeofday agrees: %s, time agrees: %s\n", back,
           judge(difference >= 0 && difference < 100000000), judge(time(NULL) - day.tv_sec <= 1));
    if (argc > 2) {
        printf("slept %lld ns of %lld, %llu ticks\n", (long long)slept, (long long)sleep,
               (unsigned long long)ticks);
    }
    return 0;
}
