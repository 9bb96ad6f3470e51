/* Marks the region of interest of a program: the whole interface is this header.
 *
 *     #include "dilaton.h"
 *     dilaton_work_begin(0);
 *     ... what is to be measured ...
 *     dilaton_work_end(0);
 *
 * The marks are gem5's m5 pseudo-instructions (0F 04, then a 16-bit function number; arguments in
 * rdi and rsi), so that a program marked for gem5 works under Dilaton and the other way round.
 * On bare hardware that encoding is undefined: the functions below ask CPUID first and do nothing
 * there. Under gem5, whose CPUID does not name Dilaton, define DILATON_ALWAYS. C99, C++, x86-64.
 */
#ifndef DILATON_H
#define DILATON_H

#include <stdint.h>

enum {
    DILATON_EXIT = 0x21,
    DILATON_RESET_STATS = 0x40,
    DILATON_DUMP_STATS = 0x41,
    DILATON_DUMP_RESET_STATS = 0x42,
    DILATON_WORK_BEGIN = 0x5a,
    DILATON_WORK_END = 0x5b
};

/* Nonzero under Dilaton: CPUID leaf 40000000h, where hypervisors say who they are, holds
 * "DilatonVMM" in ebx, ecx, edx. */
static inline int dilaton_present(void)
{
#ifdef DILATON_ALWAYS
    return 1;
#else
    static int known; /* 1 no, 2 yes; writers agree, so a race does no harm */
    if (known == 0) {
        uint32_t a = 0x40000000u, b, c = 0, d;
        __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
        known = b == 0x616c6944u && c == 0x566e6f74u && d == 0x00004d4du ? 2 : 1;
    }
    return known == 2;
#endif
}

#define DILATON_MARK(function, first, second)                                                      \
    do {                                                                                           \
        if (dilaton_present()) {                                                                   \
            uint64_t dilaton_result_;                                                              \
            __asm__ volatile(".byte 0x0f, 0x04\n\t.word %c1"                                       \
                             : "=a"(dilaton_result_)                                               \
                             : "i"(function), "D"((uint64_t)(first)), "S"((uint64_t)(second))      \
                             : "memory");                                                          \
            (void)dilaton_result_;                                                                 \
        }                                                                                          \
    } while (0)

/* The region `work` begins or ends here, on this thread. */
static inline void dilaton_work_begin(uint64_t work)
{
    DILATON_MARK(DILATON_WORK_BEGIN, work, 0);
}

static inline void dilaton_work_end(uint64_t work)
{
    DILATON_MARK(DILATON_WORK_END, work, 0);
}

/* The run ends here, with all results written; goes on where there is no Dilaton. */
static inline void dilaton_exit(void)
{
    DILATON_MARK(DILATON_EXIT, 0, 0);
}

/* All counters start anew; caches keep their contents. */
static inline void dilaton_reset_stats(void)
{
    DILATON_MARK(DILATON_RESET_STATS, 0, 0);
}

/* Writes the statistics so far as one more block of stats.txt. */
static inline void dilaton_dump_stats(void)
{
    DILATON_MARK(DILATON_DUMP_STATS, 0, 0);
}

static inline void dilaton_dump_reset_stats(void)
{
    DILATON_MARK(DILATON_DUMP_RESET_STATS, 0, 0);
}

#endif
