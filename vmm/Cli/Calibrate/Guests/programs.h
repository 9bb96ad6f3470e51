/* What a program of fit.c or heldout.c is: `work` is done twice, and measured the second time. */
#ifndef CALIBRATE_PROGRAMS_H
#define CALIBRATE_PROGRAMS_H

#include "guest.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

#define PROGRAM_START                                                                                 \
    __attribute__((used)) static void start(void)                                                     \
    {                                                                                                 \
        uint64_t sum = JOIN(work_, PROGRAM)();                                                        \
        uint64_t begin = now_ns();                                                                    \
        sum += JOIN(work_, PROGRAM)();                                                                \
        finish(now_ns() - begin, sum);                                                                \
    }                                                                                                 \
    __asm__(".globl _start\n_start:\nxor %ebp, %ebp\nand $-16, %rsp\ncall start\n");

#endif
