# Law 9: every kind of access that has one meaning under every tool, in an order that caches of any
# size notice: sequential, strided, pseudo-random, dependent, on the stack, and code larger than an
# L1I. No instruction and no datum crosses a line; every load's result is used, since a tool may
# remove a dead one; no rep prefix and no lock prefix, which tools count differently.
    .bundle_align_mode 6
    .globl _start

    .set WORDS, 0x8000                  # 256 KiB of 8-byte words
    .set BLOCKS, 768                    # 96 KiB of code, 128 bytes each

    .text
    .p2align 6
_start:
    mov $stack_top, %esp
    mov $words, %ebx
    xor %eax, %eax
    mov $0x2545f491, %r8d               # state of the pseudo-random sequence

    xor %ecx, %ecx                      # one store a word, upward
1:  mov %rcx, (%rbx,%rcx,8)
    inc %ecx
    cmp $WORDS, %ecx
    jne 1b

    mov $(WORDS - 8), %ecx              # one load a line, downward
2:  add (%rbx,%rcx,8), %rax
    sub $8, %ecx
    jns 2b

    mov $40, %edx                       # 40 lines, 4 KiB apart: one set of most caches
3:  xor %ecx, %ecx
4:  add (%rbx,%rcx,8), %rax
    mov %rax, 8(%rbx,%rcx,8)
    add $512, %ecx
    cmp $(40 * 512), %ecx
    jne 4b
    dec %edx
    jnz 3b

    mov $6000, %edx                     # loads, stores, read-modify-writes anywhere
5:  imul $1664525, %r8d, %r8d
    add $1013904223, %r8d
    mov %r8d, %ecx
    shr $17, %ecx
    add (%rbx,%rcx,8), %rax
    mov %r8d, %esi
    shr $11, %esi
    and $(WORDS - 1), %esi
    mov %eax, 4(%rbx,%rsi,8)
    mov %r8d, %edi
    shr $7, %edi
    and $(WORDS - 1), %edi
    incq (%rbx,%rdi,8)
    xor %al, 3(%rbx,%rsi,8)
    dec %edx
    jnz 5b

    mov $4000, %edx                     # the next address depends on the last load
    xor %ecx, %ecx
6:  add (%rbx,%rcx,8), %ecx
    imul $1664525, %ecx, %ecx
    add $1013904223, %ecx
    shr $15, %ecx
    and $(WORDS - 1), %ecx
    dec %edx
    jnz 6b
    add %rcx, %rax

    mov $2000, %edx                     # calls, returns, pushes, pops
7:  push %rax
    call leaf
    pop %rcx
    add %rcx, %rax
    dec %edx
    jnz 7b

    mov $8000, %edx                     # jumps among the blocks
    jmp next

leaf:
    add 16(%rsp), %rax
    ret

next:
    dec %edx
    jz done
    imul $1664525, %r8d, %r8d
    add $1013904223, %r8d
    mov %r8d, %ecx
    shr $8, %ecx
    imul $BLOCKS, %rcx, %rcx
    shr $24, %rcx
    shl $7, %ecx
    add $blocks, %ecx
    jmp *%rcx

done:
    mov $60, %eax
    xor %edi, %edi
    syscall

    .p2align 7
blocks:
    .rept BLOCKS
    .p2align 7
    movdqa (%rbx), %xmm0
    paddq %xmm0, %xmm1
    movdqa %xmm1, 64(%rbx)
    .p2align 6                          # the second line of the block
    lea 1(%rax), %rax
    jmp next
    .endr

    .section .fixed, "aw", @nobits
    .p2align 12
words:
    .skip WORDS * 8
    .skip 4096
stack_top:
    .skip 64
