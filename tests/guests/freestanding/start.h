// Freestanding: no library, no start-up but these few instructions; code, data and stack at fixed
// addresses, no instruction and no datum across a line. Addresses and order of accesses are
// therefore the same under every tool, whose environment would move the stack it gives.
#ifndef START_H
#define START_H

#include <stdint.h>

// In a section that the Makefile puts at 0x10000000; takes no room in the file.
#define FIXED __attribute__((aligned(4096), section(".fixed,\"aw\",@nobits#")))

int run(void);

__attribute__((used)) static char s_stack[4096] FIXED;

__asm__(".bundle_align_mode 6\n"
        ".globl _start\n"
        "_start:\n"
        "    xor %ebp, %ebp\n"
        "    mov $s_stack + 4096, %esp\n"
        "    call run\n"
        "    mov %eax, %edi\n"
        "    mov $60, %eax\n"
        "    syscall\n");

#endif
