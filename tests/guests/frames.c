// Signal frames: what a handler finds there, and what it may change.
#define _GNU_SOURCE
#include "signals.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

// asm/sigcontext.h
#define FIRST_MARK 0x46505853u
#define LAST_MARK 0x46505845u

static char *altStack;
static volatile int onAlt, altFlags, altChange, contextFlags;

static void noteStack(int number, siginfo_t *info, void *context) {
    (void)number;
    (void)info;
    char here;
    ucontext_t *uc = context;
    stack_t now, other = {.ss_sp = altStack, .ss_size = 1 << 15};
    onAlt = &here >= altStack && &here < altStack + (1 << 16);
    sigaltstack(NULL, &now);
    altFlags = now.ss_flags;
    altChange = sigaltstack(&other, NULL) == 0 ? 0 : errno;
    contextFlags = uc->uc_stack.ss_flags;
}

static void setStack(int flags) {
    if (!altStack) {
        altStack = malloc(1 << 16);
    }
    stack_t stack = {.ss_sp = altStack, .ss_size = 1 << 16, .ss_flags = flags};
    sigaltstack(&stack, NULL);
}

static void dropStack(void) {
    stack_t none = {.ss_flags = SS_DISABLE};
    sigaltstack(&none, NULL);
}

static void altStackUsed(void) {
    setStack(0);
    set(SIGUSR1, noteStack, SA_SIGINFO | SA_ONSTACK, 0);
    raise(SIGUSR1);
    printf(" on %d flags %d change refused %d frame %d", onAlt, altFlags, altChange == EPERM,
           contextFlags);
    set(SIGUSR1, noteStack, SA_SIGINFO, 0);
    raise(SIGUSR1);
    printf("; off %d flags %d", !onAlt, altFlags);
    dropStack();
    stack_t now;
    sigaltstack(NULL, &now);
    printf("; dropped %d size %zu", now.ss_flags == SS_DISABLE, now.ss_size);
}

static void altStackDisarms(void) {
    setStack((int)(1u << 31));
    set(SIGUSR1, noteStack, SA_SIGINFO | SA_ONSTACK, 0);
    raise(SIGUSR1);
    stack_t now;
    sigaltstack(NULL, &now);
    printf(" on %d flags %x change %d; after %x size %zu", onAlt, altFlags, altChange,
           now.ss_flags, now.ss_size);
    dropStack();
}

static void altStackErrors(void) {
    stack_t small = {.ss_sp = &small, .ss_size = 100}, odd = {.ss_flags = 12, .ss_size = 1 << 16};
    printf(" small %d", sigaltstack(&small, NULL) && errno == ENOMEM);
    printf(" odd %d", sigaltstack(&odd, NULL) && errno == EINVAL);
    printf(" bad %d", syscall(SYS_sigaltstack, (void *)8, NULL) == -1 && errno == EFAULT);
}

static void altStackSmall(void) {
    // Room for one frame, not for a second one within.
    static char room[4096];
    stack_t stack = {.ss_sp = room, .ss_size = sizeof room};
    sigaltstack(&stack, NULL);
    set(SIGUSR1, note, SA_ONSTACK, 0);
    raise(SIGUSR1);
    printf(" runs %d", count);
    dropStack();
}

static greg_t seen[NGREG];

static void changeRegisters(int number, siginfo_t *info, void *context) {
    (void)number;
    (void)info;
    ucontext_t *uc = context;
    memcpy(seen, uc->uc_mcontext.gregs, sizeof seen);
    uc->uc_mcontext.gregs[REG_RBX] = 0x1111;
    uc->uc_mcontext.gregs[REG_R12] = 0x2222;
    uc->uc_mcontext.gregs[REG_RAX] = 0x3333;
    uc->uc_mcontext.gregs[REG_EFL] ^= 0x1; // CF
    uc->uc_mcontext.gregs[REG_R9] = 0x4444;
}

// tgkill of the thread itself with known registers.
static void registers(void) {
    set(SIGUSR1, changeRegisters, SA_SIGINFO, 0);
    uint64_t rbx = 0xb0b0, r12 = 0xc0c0, r9v = 0x9090, rax, flags;
    __asm__ volatile("mov %[r9i], %%r9\n\tmov %[bi], %%rbx\n\tmov %[ci], %%r12\n\t"
                     "mov $0xa0a0, %%r10d\n\tmov $0x8080, %%r8d\n\t"
                     "stc\n\tsyscall\n\t"
                     "pushfq\n\tpop %[flags]\n\tmov %%rbx, %[bo]\n\tmov %%r12, %[co]\n\t"
                     "mov %%r9, %[r9o]"
                     : "=a"(rax), [flags] "=&r"(flags), [bo] "=m"(rbx), [co] "=m"(r12),
                       [r9o] "=m"(r9v)
                     : "a"((long)SYS_tgkill), "D"((long)getpid()), "S"((long)syscall(SYS_gettid)),
                       "d"((long)SIGUSR1), [r9i] "m"(r9v), [bi] "m"(rbx), [ci] "m"(r12)
                     : "rbx", "r12", "r8", "r9", "r10", "rcx", "r11", "memory", "cc");
    printf(" in handler rbx %llx r12 %llx r10 %llx r8 %llx r9 %llx rax %lld cf %d rcx==rip %d",
           seen[REG_RBX], seen[REG_R12], seen[REG_R10], seen[REG_R8], seen[REG_R9], seen[REG_RAX],
           (int)(seen[REG_EFL] & 1), seen[REG_RCX] == seen[REG_RIP]);
    printf(" r11==efl %d csgsfs %llx", (seen[REG_R11] & 0xcd5) == (seen[REG_EFL] & 0xcd5),
           seen[REG_CSGSFS]);
    printf("; after rbx %lx r12 %lx rax %lx r9 %lx cf %d", rbx, r12, rax, r9v, (int)(flags & 1));
}

static volatile uint32_t innerMxcsr;
static volatile uint16_t innerControl;

static void clobberVectors(int number) {
    note(number);
    uint32_t mxcsr;
    uint16_t control;
    __asm__ volatile("stmxcsr %0\n\tfnstcw %1" : "=m"(mxcsr), "=m"(control));
    innerMxcsr = mxcsr;
    innerControl = control;
    __asm__ volatile("vpcmpeqd %%ymm0, %%ymm0, %%ymm0\n\tvmovdqa %%ymm0, %%ymm7\n\t"
                     "vmovdqa %%ymm0, %%ymm15\n\tfldpi\n\tfldpi" ::: "xmm0", "xmm7", "xmm15");
}

static void vectors(void) {
    set(SIGUSR1, clobberVectors, 0, 0);
    uint64_t in[4] = {1, 2, 3, 4}, out[4] = {0};
    uint32_t mxcsr = 0x3f80, mxcsrAfter;
    uint16_t control = 0x27f, controlAfter;
    long double top = 0;
    __asm__ volatile("ldmxcsr %[m]\n\tfldcw %[c]\n\tfld1\n\tvmovdqu %[in], %%ymm7\n\tsyscall\n\t"
                     "vmovdqu %%ymm7, %[out]\n\tstmxcsr %[ma]\n\tfnstcw %[ca]\n\tfstpt %[top]"
                     : [out] "=m"(out), [ma] "=m"(mxcsrAfter), [ca] "=m"(controlAfter),
                       [top] "=m"(top)
                     : "a"((long)SYS_tgkill), "D"((long)getpid()), "S"((long)syscall(SYS_gettid)),
                       "d"((long)SIGUSR1), [m] "m"(mxcsr), [c] "m"(control), [in] "m"(in)
                     : "rcx", "r11", "memory", "xmm7", "cc");
    uint32_t standard = 0x1f80;
    uint16_t standardControl = 0x37f;
    __asm__ volatile("ldmxcsr %0\n\tfldcw %1" ::"m"(standard), "m"(standardControl));
    printf(" inside mxcsr %x control %x; after %lu %lu %lu %lu mxcsr %x control %x x87 %.1Lf",
           innerMxcsr, innerControl, out[0], out[1], out[2], out[3], mxcsrAfter, controlAfter, top);
}

static void editVectors(int number, siginfo_t *info, void *context) {
    (void)number;
    (void)info;
    ucontext_t *uc = context;
    uc->uc_mcontext.fpregs->_xmm[7].element[0] = 99;
    uint8_t *area = (uint8_t *)uc->uc_mcontext.fpregs;
    *(uint64_t *)(area + 512) |= 4; // The upper halves are there from now on.
    *(uint32_t *)(area + 576 + 7 * 16) = 77;
}

static void vectorsEdited(void) {
    set(SIGUSR1, editVectors, SA_SIGINFO, 0);
    uint64_t out[4] = {0};
    __asm__ volatile("vpxor %%xmm7, %%xmm7, %%xmm7\n\tsyscall\n\tvmovdqu %%ymm7, %[out]"
                     : [out] "=m"(out)
                     : "a"((long)SYS_tgkill), "D"((long)getpid()), "S"((long)syscall(SYS_gettid)),
                       "d"((long)SIGUSR1)
                     : "rcx", "r11", "memory", "xmm7", "cc");
    printf(" %lu %lu %lu %lu", out[0], out[1], out[2], out[3]);
}

static volatile int marks[8];

static void checkFrame(int number, siginfo_t *info, void *context) {
    (void)number;
    ucontext_t *uc = context;
    uint8_t *area = (uint8_t *)uc->uc_mcontext.fpregs;
    uint32_t *software = (uint32_t *)(area + 464);
    marks[0] = software[0] == FIRST_MARK;
    marks[1] = (int)(software[1] - software[4]);
    marks[2] = *(uint32_t *)(area + software[4]) == LAST_MARK;
    marks[3] = (int)((uintptr_t)area & 63);
    marks[4] = (int)((uintptr_t)context & 15);
    marks[5] = (int)((char *)info - (char *)context);
    marks[6] = (int)uc->uc_flags;
    marks[7] = uc->uc_link == NULL;
}

static void frame(void) {
    set(SIGUSR1, checkFrame, SA_SIGINFO, 0);
    raise(SIGUSR1);
    for (int i = 0; i < COUNT(marks); i++) {
        printf(" %d", marks[i]);
    }
}

static volatile int alignments[16];

static void noteAlignment(int number) {
    (void)number;
    alignments[(uintptr_t)__builtin_frame_address(0) & 15]++;
}

__attribute__((noinline)) static void raiseAt(int bytes) {
    volatile char *room = __builtin_alloca((size_t)bytes);
    room[0] = 1;
    raise(SIGUSR1);
}

static void alignment(void) {
    set(SIGUSR1, noteAlignment, 0, 0);
    for (int i = 1; i < 200; i += 7) {
        raiseAt(i);
    }
    for (int i = 0; i < COUNT(alignments); i++) {
        if (alignments[i]) {
            printf(" %d: %d", i, alignments[i]);
        }
    }
}

static void redZone(void) {
    set(SIGUSR1, note, 0, 0);
    uint64_t found;
    __asm__ volatile("movq $0x5555, -8(%%rsp)\n\tmovq $0x6666, -128(%%rsp)\n\tsyscall\n\t"
                     "mov -8(%%rsp), %%rcx\n\txor -128(%%rsp), %%rcx\n\tmov %%rcx, %[found]"
                     : [found] "=r"(found)
                     : "a"((long)SYS_tgkill), "D"((long)getpid()), "S"((long)syscall(SYS_gettid)),
                       "d"((long)SIGUSR1)
                     : "rcx", "r11", "memory", "cc");
    printf(" runs %d %lx", count, found);
}

static void longJumps(void) {
    set(SIGUSR1, jump, 0, 0);
    volatile int rounds = 0;
    while (rounds < 1000) {
        if (sigsetjmp(back, 1) == 0) {
            raise(SIGUSR1);
        }
        rounds++;
    }
    printf(" runs %d blocked %d", count, isBlocked(SIGUSR1));
}

static void longJumpKeepsMask(void) {
    set(SIGUSR1, jump, 0, 0);
    if (sigsetjmp(back, 0) == 0) {
        raise(SIGUSR1);
    }
    printf(" blocked %d", isBlocked(SIGUSR1));
    block(SIG_UNBLOCK, SIGUSR1, 0);
}

#ifdef __GLIBC__
static ucontext_t mainContext, sideContext;
static volatile int visits;

static void side(void) {
    visits++;
    swapcontext(&sideContext, &mainContext);
    visits += 10;
}

static void contexts(void) {
    static char stack[1 << 16];
    visits = 0;
    getcontext(&sideContext);
    sideContext.uc_stack.ss_sp = stack;
    sideContext.uc_stack.ss_size = sizeof stack;
    sideContext.uc_link = &mainContext;
    makecontext(&sideContext, side, 0);
    swapcontext(&mainContext, &sideContext);
    swapcontext(&mainContext, &sideContext);
    printf(" visits %d", visits);
}

static void swapInHandler(int number) {
    note(number);
    swapcontext(&sideContext, &mainContext);
    note(-number);
}

static void sideRaises(void) {
    raise(SIGUSR1);
    visits = 1;
}

static void contextFromHandler(void) {
    static char stack[1 << 16];
    set(SIGUSR1, swapInHandler, 0, 0);
    visits = 0;
    getcontext(&sideContext);
    sideContext.uc_stack.ss_sp = stack;
    sideContext.uc_stack.ss_size = sizeof stack;
    sideContext.uc_link = &mainContext;
    makecontext(&sideContext, sideRaises, 0);
    swapcontext(&mainContext, &sideContext);
    printf(" left %d blocked %d", count, isBlocked(SIGUSR1));
    swapcontext(&mainContext, &sideContext);
    printf(" done %d visits %d", count, visits);
}
#endif

static const struct Case cases[] = {
    CASE(altStackUsed), CASE(altStackDisarms), CASE(altStackErrors), CASE(altStackSmall),
    CASE(registers), CASE(vectors), CASE(vectorsEdited), CASE(frame), CASE(alignment),
    CASE(redZone), CASE(longJumps), CASE(longJumpKeepsMask),
#ifdef __GLIBC__
    CASE(contexts), CASE(contextFromHandler),
#endif
};

int main(int argc, char **argv) { return runCases(cases, COUNT(cases), argc, argv); }
