# Law 1 without a branch: executes exactly ROUNDS + 3 instructions in one long block.
    .globl _start
    .text
    .p2align 6
_start:
    .rept ROUNDS
    lea 1(%rax), %rax
    .endr
    mov $60, %eax
    xor %edi, %edi
    syscall
