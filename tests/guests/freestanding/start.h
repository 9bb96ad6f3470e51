// Freestanding: no library, no start-up but these few instructions, data at a fixed address and
// never across a line. Addresses and order of accesses are therefore the same under every tool.
#ifndef START_H
#define START_H

#include <stdint.h>

// In a section that the Makefile puts at 0x10000000; takes no room in the file.
#define FIXED __attribute__((aligned(4096), section(".fixed,\"aw\",@nobits#")))

int run(void);

__asm__(".globl _start\n"
        "_start:\n"
        "    xor %ebp, %ebp\n"
        "    and $-64, %rsp\n"
        "    call run\n"
        "    mov %eax, %edi\n"
        "    mov $60, %eax\n"
        "    syscall\n");

#endif
