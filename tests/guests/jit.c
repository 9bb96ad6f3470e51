// Code that the program makes: written, changed, moved and dropped while it runs.
#define _GNU_SOURCE
#include "cases.h"
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#pragma GCC diagnostic ignored "-Wclobbered" // Inlined, not live.

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))
#define PAGE 4096

typedef int (*Function)(int);

static uint8_t *map(int protection, int pages) {
    void *at = mmap(NULL, (size_t)pages * PAGE, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return at == MAP_FAILED ? NULL : at;
}

// lea value(%rdi),%eax; ret
static int writeAdder(uint8_t *code, int value) {
    code[0] = 0x8d;
    code[1] = 0x87;
    memcpy(code + 2, &value, 4);
    code[6] = 0xc3;
    return 7;
}

static int call(void *code, int argument) { return ((Function)(uintptr_t)code)(argument); }

static void once(void) {
    uint8_t *code = map(PROT_READ | PROT_WRITE | PROT_EXEC, 1);
    writeAdder(code, 42);
    printf(" %d", call(code, 1));
    munmap(code, PAGE);
}

// Writable and executable at once: each write must be seen by the next call.
static void rewritten(void) {
    uint8_t *code = map(PROT_READ | PROT_WRITE | PROT_EXEC, 1);
    long sum = 0;
    for (int i = 0; i < 2000; i++) {
        writeAdder(code, i * 3);
        sum = sum * 5 + call(code, i);
    }
    printf(" %ld", sum);
    munmap(code, PAGE);
}

// As strict compilers do: writable, then executable, never both.
static void alternating(void) {
    uint8_t *code = map(PROT_READ | PROT_EXEC, 2);
    long sum = 0;
    for (int i = 0; i < 200; i++) {
        mprotect(code, 2 * PAGE, PROT_READ | PROT_WRITE);
        int length = writeAdder(code + PAGE - 3, i); // Over a page's end.
        writeAdder(code + PAGE - 3 + length, -i);
        mprotect(code, 2 * PAGE, PROT_READ | PROT_EXEC);
        sum = sum * 7 + call(code + PAGE - 3, i) + call(code + PAGE - 3 + length, 2);
    }
    printf(" %ld", sum);
    munmap(code, 2 * PAGE);
}

// Other code at the same place.
static void remapped(void) {
    uint8_t *code = map(PROT_READ | PROT_WRITE | PROT_EXEC, 1);
    long sum = 0;
    for (int i = 0; i < 100; i++) {
        writeAdder(code, i);
        sum += call(code, 1);
        munmap(code, PAGE);
        void *again = mmap(code, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        sum += again == code && code[0] == 0 ? 1000 : 0;
    }
    printf(" %ld", sum);
    munmap(code, PAGE);
}

static void replacedByFixed(void) { // Without an munmap between.
    uint8_t *code = map(PROT_READ | PROT_WRITE | PROT_EXEC, 1);
    long sum = 0;
    for (int i = 0; i < 100; i++) {
        if (mmap(code, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != code) {
            break;
        }
        writeAdder(code, i * i);
        sum = sum * 3 + call(code, i);
    }
    printf(" %ld", sum);
    munmap(code, PAGE);
}

// Counts in the page that it runs on: mov counter,%eax; inc %eax; mov %eax,counter; ret
static void writesOwnPage(void) {
    uint8_t *code = map(PROT_READ | PROT_WRITE | PROT_EXEC, 1);
    static const uint8_t bytes[] = {0x8b, 0x05, 0xfa, 0,    0,    0, 0x01, 0xf8,
                                    0x89, 0x05, 0xf2, 0,    0,    0, 0xc3};
    memcpy(code, bytes, sizeof bytes);
    int last = 0;
    for (int i = 0; i < 300; i++) {
        last = call(code, 2);
    }
    printf(" %d %d", last, code[0x100]);
    munmap(code, PAGE);
}

// Changes the instruction behind the store: movl %edi,1+next(%rip); next: mov $imm,%eax; ret
static void writesNextInstruction(void) {
    uint8_t *code = map(PROT_READ | PROT_WRITE | PROT_EXEC, 1);
    static const uint8_t bytes[] = {0x89, 0x3d, 1, 0, 0, 0, 0xb8, 0, 0, 0, 0, 0xc3};
    memcpy(code, bytes, sizeof bytes);
    long sum = 0;
    for (int i = 0; i < 100; i++) {
        sum = sum * 3 + call(code, i + 7);
    }
    printf(" %ld", sum);
    munmap(code, PAGE);
}

// A call whose target is patched, as inline caches do, while other code on the page stays.
static void patchedCalls(void) {
    uint8_t *code = map(PROT_READ | PROT_WRITE | PROT_EXEC, 1);
    int length = writeAdder(code + 0x100, 10);
    writeAdder(code + 0x100 + length, 20);
    code[0] = 0xe8; // call rel32; ret
    code[5] = 0xc3;
    long sum = 0;
    for (int i = 0; i < 500; i++) {
        int32_t distance = 0x100 + (i % 2 ? length : 0) - 5;
        memcpy(code + 1, &distance, 4);
        sum = sum * 3 + call(code, i);
    }
    printf(" %ld", sum);
    munmap(code, PAGE);
}

// A chain of many functions, and one of them rewritten now and then.
static void manyFunctions(void) {
    enum { Functions = 2000, Bytes = 16 };
    uint8_t *code = map(PROT_READ | PROT_WRITE | PROT_EXEC, Functions * Bytes / PAGE + 1);
    for (int i = 0; i < Functions; i++) {
        writeAdder(code + i * Bytes, i);
    }
    long sum = 0;
    for (int round = 0; round < 20; round++) {
        writeAdder(code + (round * 97) % Functions * Bytes, round);
        for (int i = 0; i < Functions; i++) {
            sum = sum * 31 + call(code + i * Bytes, round);
        }
    }
    printf(" %ld", sum);
    munmap(code, (Functions * Bytes / PAGE + 1) * PAGE);
}

static sigjmp_buf back;

static void jump(int number) {
    (void)number;
    siglongjmp(back, 1);
}

static void closedAndOpened(void) {
    uint8_t *code = map(PROT_READ | PROT_WRITE | PROT_EXEC, 1);
    writeAdder(code, 5);
    signal(SIGSEGV, jump);
    volatile int faults = 0;
    volatile long sum = 0;
    for (volatile int i = 0; i < 20; i++) {
        mprotect(code, PAGE, i % 2 ? PROT_READ | PROT_WRITE : PROT_READ | PROT_EXEC);
        if (!sigsetjmp(back, 1)) {
            sum += call(code, i);
        } else {
            faults++;
        }
    }
    printf(" %ld faults %d", sum, faults);
    signal(SIGSEGV, SIG_DFL);
    munmap(code, PAGE);
}

// The kernel writes the code: read() into an executable page.
static void readIntoCode(void) {
    uint8_t *code = map(PROT_READ | PROT_WRITE | PROT_EXEC, 1), bytes[7];
    int ends[2];
    if (pipe(ends)) {
        return;
    }
    long sum = 0;
    for (int i = 0; i < 100; i++) {
        writeAdder(bytes, i);
        if (write(ends[1], bytes, 7) == 7 && read(ends[0], code, 7) == 7) {
            sum = sum * 3 + call(code, 1);
        }
    }
    close(ends[0]);
    close(ends[1]);
    printf(" %ld", sum);
    munmap(code, PAGE);
}

static uint8_t *shared;
static pthread_barrier_t barrier;

static void *compiles(void *argument) {
    (void)argument;
    for (int i = 0; i < 200; i++) {
        writeAdder(shared, i);
        pthread_barrier_wait(&barrier);
        pthread_barrier_wait(&barrier);
    }
    return NULL;
}

static void otherThreadWrites(void) {
    shared = map(PROT_READ | PROT_WRITE | PROT_EXEC, 1);
    pthread_barrier_init(&barrier, NULL, 2);
    pthread_t thread;
    pthread_create(&thread, NULL, compiles, NULL);
    long sum = 0;
    for (int i = 0; i < 200; i++) {
        pthread_barrier_wait(&barrier);
        sum = sum * 3 + call(shared, i);
        pthread_barrier_wait(&barrier);
    }
    pthread_join(thread, NULL);
    printf(" %ld", sum);
    munmap(shared, PAGE);
}

// A small compiler: arithmetic expressions to machine code, against an interpreter.
static uint64_t state = 99;

static int chance(int below) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (int)((state >> 33) % (uint64_t)below);
}

static int compileExpression(uint8_t *code, int *value, int argument) {
    static const uint8_t operations[3] = {0x05, 0x2d, 0x35}; // add, sub, xor $imm,%eax
    int at = 0;
    uint32_t result = (uint32_t)argument;
    code[at++] = 0x89; // mov %edi,%eax
    code[at++] = 0xf8;
    int length = 1 + chance(40);
    for (int i = 0; i < length; i++) {
        int kind = chance(3);
        uint32_t number = (uint32_t)chance(1 << 30);
        code[at++] = operations[kind];
        memcpy(code + at, &number, 4);
        at += 4;
        result = kind == 0 ? result + number : kind == 1 ? result - number : result ^ number;
    }
    code[at++] = 0xc3;
    *value = (int)result;
    return at;
}

static void compiler(void) {
    enum { Bytes = 1 << 16 };
    uint8_t *code = map(PROT_READ | PROT_WRITE | PROT_EXEC, Bytes / PAGE);
    int at = 0, right = 0, wraps = 0;
    for (int i = 0; i < 2000; i++) {
        if (at > Bytes - 512) {
            at = 0;
            wraps++;
        }
        int expected, argument = chance(1000);
        int length = compileExpression(code + at, &expected, argument);
        right += call(code + at, argument) == expected;
        right += call(code + at, argument) == expected;
        at += length;
    }
    printf(" %d wraps %d", right, wraps);
    munmap(code, Bytes);
}

static const struct Case cases[] = {
    CASE(once), CASE(rewritten), CASE(alternating), CASE(remapped), CASE(replacedByFixed),
    CASE(writesOwnPage), CASE(writesNextInstruction), CASE(patchedCalls), CASE(manyFunctions),
    CASE(closedAndOpened), CASE(readIntoCode), CASE(otherThreadWrites), CASE(compiler),
};

int main(int argc, char **argv) { return runCases(cases, COUNT(cases), argc, argv); }
