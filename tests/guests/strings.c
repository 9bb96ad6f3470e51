// rep movs, stos, scas, cmps and lods beside the library's memory and string functions.
// Argument: rounds.
#include "guest.h"

#include <stdio.h>
#include <string.h>

enum { SIZE = 20000 };

static unsigned char s_from[SIZE], s_to[SIZE];

static uint64_t hash(const unsigned char *p, long n) {
    uint64_t h = 1469598103934665603ULL;
    for (long i = 0; i < n; i++) {
        h = (h ^ p[i]) * 1099511628211ULL;
    }
    return h;
}

static void repeats(long n, long shift) {
    void *d = s_to + shift, *s = s_from;
    long c = n;
    __asm__ volatile("rep movsb" : "+D"(d), "+S"(s), "+c"(c)::"memory");
    d = s_to, s = s_from + shift, c = n / 8;
    __asm__ volatile("rep movsq" : "+D"(d), "+S"(s), "+c"(c)::"memory");
    d = s_to + n / 2, c = n / 16;
    __asm__ volatile("rep stosl" : "+D"(d), "+c"(c) : "a"(0x5a5a0000 + (int)shift) : "memory");
    d = s_to + n - 1, s = s_from + n - 1, c = n / 3;
    __asm__ volatile("std; rep movsb; cld" : "+D"(d), "+S"(s), "+c"(c)::"memory");
}

static long scans(long n) {
    void *d = s_from, *s = s_to;
    long c = n, found, same;
    __asm__ volatile("repne scasb" : "+D"(d), "+c"(c) : "a"(255) : "memory", "cc");
    found = c;
    d = s_from, c = n;
    __asm__ volatile("repe cmpsb" : "+D"(d), "+S"(s), "+c"(c)::"memory", "cc");
    same = c;
    s = s_from, c = n / 8;
    uint64_t a = 0;
    __asm__ volatile("rep lodsq" : "+S"(s), "+c"(c), "+a"(a)::"memory");
    return found * 31 + same + (long)(a & 0xffff);
}

int main(int argc, char **argv) {
    long rounds = argument(argc, argv, 1, 10);
    uint64_t h = 0;
    long total = 0;
    for (long r = 0; r < rounds; r++) {
        for (long i = 0; i < SIZE; i++) {
            s_from[i] = (unsigned char)(i * 7 + r);
        }
        long n = SIZE - 100 - r * 13 % 1000;
        repeats(n, r % 64);
        total += scans(n);
        memcpy(s_to + 3, s_from + 5, 1000 + r);
        memmove(s_to + 10, s_to + 3, 5000);
        memset(s_to + 6000, (int)r, 333);
        total += memcmp(s_to, s_from, SIZE) < 0;
        const char *text = "the quick brown fox jumps over the lazy dog";
        total += (long)strlen(text) + (strchr(text, 'q') - text) + (strstr(text, "lazy") - text);
        h ^= hash(s_to, SIZE) + (uint64_t)r;
    }
    void *zero = s_to;
    long none = 0;
    __asm__ volatile("rep stosb" : "+D"(zero), "+c"(none) : "a"(1) : "memory");
    printf("strings %ld: %016llx %ld %d\n", rounds, (unsigned long long)h, total,
           zero == (void *)s_to);
    return 0;
}
