/* A freestanding guest of `dilaton calibrate`: no C library, so that host and Dilaton run the same
 * instructions. It works twice, measures the second time by the processor time of its process, and writes
 * two numbers of 64 bits: nanoseconds, and a check sum that must be the same wherever it runs. */
#ifndef CALIBRATE_GUEST_H
#define CALIBRATE_GUEST_H

#include <stddef.h>
#include <stdint.h>

enum { SYS_WRITE = 1, SYS_MADVISE = 28, SYS_EXIT = 60, SYS_CLOCK_GETTIME = 228 };
enum { CLOCK_PROCESS = 2, HUGE_PAGES = 14 };

static long call3(long number, long first, long second, long third)
{
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(first), "S"(second), "d"(third)
                     : "rcx", "r11", "memory");
    return result;
}

static uint64_t now_ns(void)
{
    int64_t time[2];
    call3(SYS_CLOCK_GETTIME, CLOCK_PROCESS, (long)time, 0);
    return (uint64_t)time[0] * 1000000000u + (uint64_t)time[1];
}

static _Noreturn void finish(uint64_t nanoseconds, uint64_t sum)
{
    uint64_t result[2] = {nanoseconds, sum};
    call3(SYS_WRITE, 1, (long)result, sizeof result);
    call3(SYS_EXIT, 0, 0, 0);
    __builtin_unreachable();
}

/* The compiler may call these. */
void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
    char *t = to;
    const char *f = from;
    for (size_t i = 0; i < bytes; i++) {
        t[i] = f[i];
    }
    return to;
}

void *memset(void *to, int value, size_t bytes)
{
    char *t = to;
    for (size_t i = 0; i < bytes; i++) {
        t[i] = (char)value;
    }
    return to;
}

/* SplitMix64 (G. Steele et al., OOPSLA 2014). */
static uint64_t random_state = 71;

static uint64_t next_random(void)
{
    uint64_t z = random_state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

#endif
