# Law 1: executes exactly 2 * ROUNDS + 4 instructions, the last of them the exit system call.
    .globl _start
    .text
    .p2align 6
_start:
    mov $ROUNDS, %rcx
1:  dec %rcx
    jnz 1b
    mov $60, %eax
    xor %edi, %edi
    syscall
