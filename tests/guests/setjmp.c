// setjmp/longjmp across frames and, with glibc, contexts that switch stacks.
#include "guest.h"

#include <setjmp.h>
#include <stdio.h>
#ifdef __GLIBC__
#include <ucontext.h>
#endif

static jmp_buf s_back;

__attribute__((noinline)) static void descend(int depth, int code) {
    volatile char frame[64];
    frame[depth % 64] = (char)depth;
    if (depth > 0) {
        descend(depth - 1, code);
    } else if (code > 0) {
        longjmp(s_back, code);
    }
    frame[0]++;
}

#ifdef __GLIBC__
static ucontext_t s_main, s_other;
static int s_produced;

static void produce(void) {
    for (int i = 1; i <= 5; i++) {
        s_produced = i * i;
        swapcontext(&s_other, &s_main);
    }
}

static void contexts(void) {
    static char stack[64 << 10];
    getcontext(&s_other);
    s_other.uc_stack.ss_sp = stack;
    s_other.uc_stack.ss_size = sizeof stack;
    s_other.uc_link = &s_main;
    makecontext(&s_other, produce, 0);
    for (int i = 0; i < 5; i++) {
        swapcontext(&s_main, &s_other);
        fprintf(stderr, "context %d\n", s_produced);
    }
}
#else
static void contexts(void) {}
#endif

int main(int argc, char **argv) {
    volatile long rounds = argument(argc, argv, 1, 200);
    volatile long jumps = 0, sum = 0;
    for (volatile long r = 0; r < rounds; r++) {
        int code = setjmp(s_back);
        if (code == 0) {
            descend((int)(r % 50), (int)(r % 7) + 1);
        }
        jumps++;
        sum += code;
    }
    contexts();
    printf("%ld jumps, sum %ld\n", jumps, sum);
    return 0;
}
