// Faults of the program's own instructions and handlers that repair, skip or leave them.
#define _GNU_SOURCE
#include "cases.h"
#include <fenv.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

// The faults are meant.
#pragma GCC diagnostic ignored "-Warray-bounds"
#pragma GCC diagnostic ignored "-Winfinite-recursion"
#pragma GCC diagnostic ignored "-Wclobbered"

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))
#define PAGE 4096

static volatile int count;
static siginfo_t info;
static greg_t regs[NGREG];
static volatile long skip;
static sigjmp_buf back;
static char *area; // Four pages.

static void set(int number, void (*handler)(int, siginfo_t *, void *), int flags) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO | flags;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
    count = 0;
}

static void look(siginfo_t *what, void *context) {
    count++;
    info = *what;
    memcpy(regs, ((ucontext_t *)context)->uc_mcontext.gregs, sizeof regs);
}

static void skips(int number, siginfo_t *what, void *context) {
    (void)number;
    look(what, context);
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] += skip;
}

static void jumps(int number, siginfo_t *what, void *context) {
    (void)number;
    look(what, context);
    siglongjmp(back, 1);
}

static char *freshArea(int protection) {
    if (area) {
        munmap(area, 4 * PAGE);
    }
    area = mmap(NULL, 4 * PAGE, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return area;
}

static void nullWrite(void) {
    set(SIGSEGV, jumps, 0);
    if (!sigsetjmp(back, 1)) {
        *(volatile int *)16 = 1;
    }
    printf(" code %d address %p trap %lld error %lld cr2 %llx", info.si_code, info.si_addr,
           regs[REG_TRAPNO], regs[REG_ERR], regs[REG_CR2]);
}

static void nullRead(void) {
    set(SIGSEGV, jumps, 0);
    if (!sigsetjmp(back, 1)) {
        (void)*(volatile int *)32;
    }
    printf(" code %d address %p error %lld", info.si_code, info.si_addr, regs[REG_ERR]);
}

static void readOnly(void) {
    char *page = freshArea(PROT_READ);
    set(SIGSEGV, jumps, 0);
    (void)*(volatile char *)(page + 5);
    if (!sigsetjmp(back, 1)) {
        page[123] = 1;
    }
    printf(" code %d offset %ld error %lld", info.si_code, (char *)info.si_addr - page,
           regs[REG_ERR]);
}

static void noAccess(void) {
    char *page = freshArea(PROT_NONE);
    set(SIGSEGV, jumps, 0);
    if (!sigsetjmp(back, 1)) {
        (void)*(volatile char *)(page + 7);
    }
    printf(" code %d offset %ld", info.si_code, (char *)info.si_addr - page);
}

static void unmapped(void) {
    char *page = freshArea(PROT_READ | PROT_WRITE);
    memset(page, 1, 4 * PAGE);
    munmap(page + PAGE, PAGE);
    set(SIGSEGV, jumps, 0);
    volatile int sum = 0;
    if (!sigsetjmp(back, 1)) {
        for (int i = 0;; i++) {
            sum += page[i];
        }
    }
    printf(" code %d offset %ld sum %d", info.si_code, (char *)info.si_addr - page, sum);
}

static void noCode(void) {
    set(SIGSEGV, jumps, 0);
    char *page = freshArea(PROT_READ | PROT_WRITE);
    for (volatile int i = 0; i < 2; i++) {
        void (*volatile target)(void) = i ? (void (*)(void))page : (void (*)(void))0x1230;
        if (!sigsetjmp(back, 1)) {
            target();
        }
        printf(" code %d there %d rip there %d fetch %lld", info.si_code,
               info.si_addr == (void *)(uintptr_t)target, regs[REG_RIP] == (greg_t)(uintptr_t)target,
               regs[REG_ERR] & 16);
    }
}

static volatile int dirty[64];
static char *heap;

static void barrier(int number, siginfo_t *what, void *context) {
    (void)number;
    (void)context;
    long page = ((char *)what->si_addr - heap) / PAGE;
    dirty[page]++;
    count++;
    mprotect(heap + page * PAGE, PAGE, PROT_READ | PROT_WRITE);
}

// What a collector does: protect all, let the mutator run, see which pages it wrote to.
static void writeBarrier(void) {
    enum { Pages = 64 };
    heap = mmap(NULL, Pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    set(SIGSEGV, barrier, 0);
    uint64_t state = 88172645463325252ULL, sum = 0;
    for (int cycle = 0; cycle < 20; cycle++) {
        mprotect(heap, Pages * PAGE, PROT_READ);
        for (int i = 0; i < 200; i++) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            uint32_t at = (uint32_t)(state >> 40) % (Pages * PAGE / 2 / 8);
            ((uint64_t *)heap)[at] += state & 0xffff;
        }
    }
    for (int i = 0; i < Pages * PAGE / 8; i++) {
        sum += ((uint64_t *)heap)[i];
    }
    int written = 0;
    for (int i = 0; i < Pages; i++) {
        written += dirty[i];
    }
    printf(" faults %d written %d sum %lu", count, written, sum);
    munmap(heap, Pages * PAGE);
}

static void skipped(void) {
    set(SIGSEGV, skips, 0);
    skip = 2; // mov %eax,(%rdx)
    uint64_t after;
    __asm__ volatile("mov $7, %%ebx\n\txor %%edx, %%edx\n\tmov $3, %%eax\n\t"
                     "mov %%eax, (%%rdx)\n\tadd %%rax, %%rbx\n\tmov %%rbx, %0"
                     : "=r"(after)::"rax", "rbx", "rdx", "memory", "cc");
    printf(" runs %d rax %lld rbx %lld after %lu", count, regs[REG_RAX], regs[REG_RBX], after);
}

static void flagsKept(void) {
    set(SIGSEGV, skips, 0);
    skip = 2;
    uint8_t carry, zero;
    __asm__ volatile("xor %%edx, %%edx\n\tcmp $5, %%edx\n\tmov %%eax, (%%rdx)\n\t"
                     "setc %0\n\tsetz %1"
                     : "=q"(carry), "=q"(zero)::"rax", "rdx", "memory", "cc");
    printf(" carry %d zero %d in frame %llx", carry, zero, regs[REG_EFL] & 0xcd5);
}

static void thousandJumps(void) {
    set(SIGSEGV, jumps, 0);
    volatile int rounds = 0;
    while (rounds < 1000) {
        if (!sigsetjmp(back, 1)) {
            *(volatile char *)(uintptr_t)(rounds & 1023) = 1;
        }
        rounds++;
    }
    printf(" runs %d last %p", count, info.si_addr);
}

static void fixDivisor(int number, siginfo_t *what, void *context) {
    (void)number;
    look(what, context);
    ucontext_t *uc = context;
    uc->uc_mcontext.gregs[REG_RCX] = 4;
    uc->uc_mcontext.gregs[REG_RDX] = 0;
    uc->uc_mcontext.gregs[REG_RAX] = 42;
}

static void divisions(void) {
    set(SIGFPE, fixDivisor, 0);
    uint32_t quotient, rest;
    __asm__ volatile("xor %%ecx, %%ecx\n\txor %%edx, %%edx\n\tmov $9, %%eax\n\tdivl %%ecx"
                     : "=a"(quotient), "=d"(rest)::"rcx", "cc");
    printf(" code %d at rip %d quotient %u rest %u", info.si_code,
           (greg_t)info.si_addr == regs[REG_RIP], quotient, rest);
    __asm__ volatile("mov $-1, %%ecx\n\tmov $0x80000000, %%eax\n\tcltd\n\tidivl %%ecx"
                     : "=a"(quotient), "=d"(rest)::"rcx", "cc");
    printf("; overflow code %d rdx %llx quotient %u trap %lld", info.si_code, regs[REG_RDX] & 0xffffffff,
           quotient, regs[REG_TRAPNO]);
}

static void divisionLoop(void) {
    set(SIGFPE, jumps, 0);
    volatile int zero = 0, rounds = 0, sum = 0;
    for (; rounds < 200; rounds++) {
        if (!sigsetjmp(back, 1)) {
            sum += 1000 / (rounds % 3 == 0 ? zero : rounds);
        }
    }
    printf(" runs %d sum %d", count, sum);
}

static void illegal(void) {
    set(SIGILL, skips, 0);
    skip = 2;
    uint64_t value;
    __asm__ volatile("mov $5, %0\n\tud2\n\tadd $6, %0" : "=&r"(value)::"cc", "memory");
    printf(" runs %d code %d at rip %d value %lu trap %lld", count, info.si_code,
           (greg_t)info.si_addr == regs[REG_RIP], value, regs[REG_TRAPNO]);
}

static void traps(void) {
    set(SIGTRAP, skips, 0);
    skip = 0;
    uint64_t value, place;
    __asm__ volatile("mov $5, %0\n\tlea 1f(%%rip), %1\n\tint3\n1:\tadd $6, %0"
                     : "=&r"(value), "=&r"(place)::"cc", "memory");
    printf(" runs %d code %d address %p rip behind %d value %lu trap %lld", count, info.si_code,
           info.si_addr, regs[REG_RIP] == (greg_t)place, value, regs[REG_TRAPNO]);
    __asm__ volatile("lea 1f(%%rip), %0\n\t.byte 0xcd, 0x03\n1:" : "=&r"(place)::"memory");
    printf("; long: behind %d", regs[REG_RIP] == (greg_t)place);
}

static void endOfFile(void) {
    char name[] = "faults-XXXXXX";
    int file = mkstemp(name);
    unlink(name);
    if (ftruncate(file, 100)) {
        return;
    }
    char *map = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    set(SIGBUS, jumps, 0);
    map[50] = 1;
    map[200] = 1; // Within the page.
    if (!sigsetjmp(back, 1)) {
        map[PAGE + 9] = 1;
    }
    printf(" runs %d code %d offset %ld", count, info.si_code, (char *)info.si_addr - map);
    munmap(map, 2 * PAGE);
    close(file);
}

__attribute__((noinline)) static int descend(int level) {
    volatile char room[2048];
    room[0] = (char)level;
    return descend(level + 1) + room[0];
}

static void overflow(void) {
    static char stack[1 << 16];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alternate, NULL);
    set(SIGSEGV, jumps, SA_ONSTACK);
    for (volatile int i = 0; i < 3; i++) {
        if (!sigsetjmp(back, 1)) {
            printf("%d", descend(0));
        }
    }
    uintptr_t sp = (uintptr_t)regs[REG_RSP], at = (uintptr_t)info.si_addr;
    printf(" runs %d near stack pointer %d", count, at > sp - 65536 && at < sp + 65536);
    stack_t none = {.ss_flags = SS_DISABLE};
    sigaltstack(&none, NULL);
}

static void nonCanonical(void) {
    set(SIGSEGV, jumps, 0);
    if (!sigsetjmp(back, 1)) {
        *(volatile char *)0x8000123456789abcULL = 1;
    }
    printf(" code %d address %p trap %lld error %lld", info.si_code, info.si_addr,
           regs[REG_TRAPNO], regs[REG_ERR]);
}

static void kernelAddress(void) {
    set(SIGSEGV, jumps, 0);
    if (!sigsetjmp(back, 1)) {
        *(volatile char *)0xffffffff81000000ULL = 1;
    }
    printf(" code %d address %p", info.si_code, info.si_addr);
}

static void misaligned(void) {
    set(SIGSEGV, skips, 0);
    skip = 3; // movaps %xmm0,(%rax)
    char *page = freshArea(PROT_READ | PROT_WRITE);
    __asm__ volatile("movaps %%xmm0, (%%rax)" ::"a"(page + 4) : "memory");
    printf(" runs %d code %d trap %lld", count, info.si_code, regs[REG_TRAPNO]);
}

static void privileged(void) {
    set(SIGSEGV, skips, 0);
    skip = 1;
    __asm__ volatile("hlt");
    __asm__ volatile("cli");
    printf(" runs %d code %d trap %lld", count, info.si_code, regs[REG_TRAPNO]);
}

static void maskExceptions(int number, siginfo_t *what, void *context) {
    (void)number;
    look(what, context);
    ((ucontext_t *)context)->uc_mcontext.fpregs->mxcsr |= 0x1f80;
    ((ucontext_t *)context)->uc_mcontext.fpregs->cwd |= 0x3f;
    ((ucontext_t *)context)->uc_mcontext.fpregs->swd = 0;
}

static void vectorExceptions(void) {
    static const struct { double a, b; uint32_t unmasked; } tests[] = {
        {1, 0, 0x200}, {0, 0, 0x80}, {1e308, 1e-10, 0x400}, {1e-300, 1e300, 0x800}, {1, 3, 0x1000},
    };
    for (int i = 0; i < COUNT(tests); i++) {
        set(SIGFPE, maskExceptions, 0);
        uint32_t control = 0x1f80 & ~tests[i].unmasked, standard = 0x1f80;
        double a = tests[i].a, b = tests[i].b;
        __asm__ volatile("ldmxcsr %1\n\tdivsd %2, %0\n\tldmxcsr %3"
                         : "+x"(a)
                         : "m"(control), "x"(b), "m"(standard));
        printf(" [runs %d code %d at rip %d trap %lld result %g]", count, info.si_code,
               (greg_t)info.si_addr == regs[REG_RIP], regs[REG_TRAPNO], a);
    }
}

static void x87Exceptions(void) {
    set(SIGFPE, maskExceptions, 0);
    uint16_t control = 0x37f & ~4, standard = 0x37f;
    double result = 0;
    __asm__ volatile("fldcw %1\n\tfldz\n\tfld1\n\tfdivp\n\tfwait\n\tfstpl %0\n\tfldcw %2"
                     : "=m"(result) : "m"(control), "m"(standard) : "memory");
    printf(" runs %d code %d at rip %d trap %lld", count, info.si_code,
           (greg_t)info.si_addr == regs[REG_RIP], regs[REG_TRAPNO]);
}

// Where in a hot loop it stands when it meets the guard page.
static void exactInLoop(void) {
    char *volatile page = freshArea(PROT_READ | PROT_WRITE);
    mprotect(page + 3 * PAGE, PAGE, PROT_NONE);
    set(SIGSEGV, jumps, 0);
    for (volatile int step = 1; step < 64; step = step * 3 + 1) {
        if (!sigsetjmp(back, 1)) {
            __asm__ volatile("xor %%ecx, %%ecx\n\txor %%ebx, %%ebx\n"
                             "1:\tadd $1, %%rbx\n\tlea (%%rbx,%%rbx,2), %%r15\n\t"
                             "movb $1, (%[at])\n\tadd $2, %%rcx\n\tadd %[step], %[at]\n\tjmp 1b"
                             :
                             : [at] "r"(page), [step] "r"((long)step)
                             : "rcx", "rbx", "r15", "memory", "cc");
        }
        printf(" [rbx %lld rcx %lld r15 %lld offset %ld]", regs[REG_RBX], regs[REG_RCX],
               regs[REG_R15], (char *)info.si_addr - page);
    }
}

static void strings(void) {
    char *page = freshArea(PROT_READ | PROT_WRITE);
    mprotect(page + 2 * PAGE, 2 * PAGE, PROT_NONE);
    set(SIGSEGV, jumps, 0);
    if (!sigsetjmp(back, 1)) {
        __asm__ volatile("rep movsb" ::"c"(9000L), "S"(page), "D"(page + PAGE + 100) : "memory");
    }
    printf(" rcx %lld rsi %lld rdi %lld at %ld", regs[REG_RCX], regs[REG_RSI] - (greg_t)page,
           regs[REG_RDI] - (greg_t)page, (char *)info.si_addr - page);
    if (!sigsetjmp(back, 1)) {
        __asm__ volatile("rep stosq" ::"a"(0x55L), "c"(2000L), "D"(page + PAGE) : "memory");
    }
    printf("; rcx %lld rdi %lld at %ld value %x", regs[REG_RCX], regs[REG_RDI] - (greg_t)page,
           (char *)info.si_addr - page, page[2 * PAGE - 8]);
}

static void stackOperations(void) {
    static char stack[1 << 16];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alternate, NULL);
    set(SIGSEGV, jumps, SA_ONSTACK);
    char *page = freshArea(PROT_NONE);
    if (!sigsetjmp(back, 1)) {
        __asm__ volatile("mov %0, %%rsp\n\tpush %%rax" ::"r"(page + PAGE) : "memory");
    }
    printf(" push rsp %lld at %ld", regs[REG_RSP] - (greg_t)page, (char *)info.si_addr - page);
    if (!sigsetjmp(back, 1)) {
        __asm__ volatile("mov %0, %%rsp\n\tcall 1f\n1:" ::"r"(page + PAGE) : "memory");
    }
    printf(" call rsp %lld at %ld", regs[REG_RSP] - (greg_t)page, (char *)info.si_addr - page);
    if (!sigsetjmp(back, 1)) {
        __asm__ volatile("mov %0, %%rsp\n\tret" ::"r"(page + 64) : "memory");
    }
    printf(" ret rsp %lld at %ld", regs[REG_RSP] - (greg_t)page, (char *)info.si_addr - page);
    if (!sigsetjmp(back, 1)) {
        __asm__ volatile("popq (%0)" ::"r"(page + 8) : "memory");
    }
    printf(" pop at %ld", (char *)info.si_addr - page);
    stack_t none = {.ss_flags = SS_DISABLE};
    sigaltstack(&none, NULL);
}

static void wideAccess(void) {
    char *page = freshArea(PROT_READ | PROT_WRITE);
    mprotect(page + PAGE, PAGE, PROT_NONE);
    set(SIGSEGV, jumps, 0);
    if (!sigsetjmp(back, 1)) {
        __asm__ volatile("vmovdqu %%ymm0, (%0)" ::"r"(page + PAGE - 8) : "memory");
    }
    printf(" at %ld", (char *)info.si_addr - page);
    if (!sigsetjmp(back, 1)) {
        __asm__ volatile("lock cmpxchg16b (%0)" ::"r"(page + PAGE + 16) : "rax", "memory", "cc");
    }
    printf(" at %ld write %lld", (char *)info.si_addr - page, regs[REG_ERR] & 2);
    if (!sigsetjmp(back, 1)) {
        __asm__ volatile("lock addl $1, (%0)" ::"r"(page + PAGE + 40) : "memory", "cc");
    }
    printf(" at %ld write %lld", (char *)info.si_addr - page, regs[REG_ERR] & 2);
}

static volatile int level;

static void nested(int number, siginfo_t *what, void *context) {
    (void)number;
    look(what, context);
    if (++level < 4) {
        *(volatile int *)(uintptr_t)(level * 8) = 1;
    }
    siglongjmp(back, level);
}

static void nestedFaults(void) {
    level = 0;
    set(SIGSEGV, nested, SA_NODEFER);
    int result = sigsetjmp(back, 1);
    if (!result) {
        *(volatile int *)4 = 1;
    }
    printf(" result %d last %p", result, info.si_addr);
}

static void repairs(int number, siginfo_t *what, void *context) {
    (void)number;
    look(what, context);
    mprotect((char *)((uintptr_t)what->si_addr & ~(uintptr_t)(PAGE - 1)), PAGE,
             PROT_READ | PROT_WRITE);
}

static void repaired(void) {
    char *page = freshArea(PROT_NONE);
    set(SIGSEGV, repairs, 0);
    memset(page, 3, 4 * PAGE);
    long sum = 0;
    for (int i = 0; i < 4 * PAGE; i++) {
        sum += page[i];
    }
    printf(" runs %d sum %ld", count, sum);
}

// Several threads of control in one block: the registers lent to the translator must come back.
static void allRegisters(void) {
    set(SIGSEGV, skips, 0);
    skip = 3; // mov %rcx,(%rdx)
    __asm__ volatile("push %%rbp\n\tmov $1, %%eax\n\tmov $2, %%ebx\n\tmov $3, %%ecx\n\txor %%edx, %%edx\n\t"
                     "mov $5, %%esi\n\tmov $6, %%edi\n\tmov $7, %%ebp\n\tmov $8, %%r8d\n\tmov $9, %%r9d\n\t"
                     "mov $10, %%r10d\n\tmov $11, %%r11d\n\tmov $12, %%r12d\n\tmov $13, %%r13d\n\t"
                     "mov $14, %%r14d\n\tmov $15, %%r15d\n\tmov %%rcx, (%%rdx)\n\tpop %%rbp" ::
                         : "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12",
                           "r13", "r14", "r15", "memory", "cc");
    for (int i = 0; i < REG_RIP; i++) {
        if (i != REG_RSP) {
            printf(" %lld", regs[i]);
        }
    }
}

static const struct Case cases[] = {
    CASE(nullWrite), CASE(nullRead), CASE(readOnly), CASE(noAccess), CASE(unmapped), CASE(noCode),
    CASE(writeBarrier), CASE(skipped), CASE(flagsKept), CASE(thousandJumps), CASE(divisions),
    CASE(divisionLoop), CASE(illegal), CASE(traps), CASE(endOfFile), CASE(overflow),
    CASE(nonCanonical), CASE(kernelAddress), CASE(misaligned), CASE(privileged),
    CASE(vectorExceptions), CASE(x87Exceptions), CASE(exactInLoop), CASE(strings),
    CASE(stackOperations), CASE(wideAccess), CASE(nestedFaults), CASE(repaired),
    CASE(allRegisters),
};

int main(int argc, char **argv) { return runCases(cases, COUNT(cases), argc, argv); }
