// Ends badly, in the way the argument says.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

__attribute__((noinline)) void storeToNull(volatile int *p) { *p = 1; }

__attribute__((noinline)) int divide(volatile int a, volatile int b) { return a / b; }

__attribute__((noinline)) int descend(int depth) {
    volatile char frame[4096];
    frame[0] = (char)depth;
    int below = depth < 0 ? 0 : descend(depth + 1); // never returns: the stack ends first
    return below + frame[0] + frame[depth % 4096];
}

static void handler(int number) {
    (void)number;
    _exit(99);
}

static int unknown(void) {
    long result = syscall(9999, 1, 2, 3);
    printf("system call 9999: %ld errno %d\n", result, errno);
    return 0;
}

int main(int argc, char **argv) {
    const char *way = argc > 1 ? argv[1] : "";
    printf("before %s\n", way);
    fflush(stdout);
    if (!strcmp(way, "exit")) {
        return argc > 2 ? atoi(argv[2]) : 42;
    } else if (!strcmp(way, "null")) {
        storeToNull(NULL);
    } else if (!strcmp(way, "wild")) {
        storeToNull((volatile int *)0x4fff00000000); // Nobody's, and far from all that is ours.
    } else if (!strcmp(way, "abort")) {
        abort();
    } else if (!strcmp(way, "divide")) {
        return divide(1, argc - 2);
    } else if (!strcmp(way, "stack")) {
        return descend(0);
    } else if (!strcmp(way, "illegal")) {
        __asm__ volatile("ud2");
    } else if (!strcmp(way, "code")) {
        void (*nowhere)(void) = (void (*)(void))0x123456;
        nowhere();
    } else if (!strcmp(way, "readonly")) {
        *(volatile char *)(size_t)way = 0;
        char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        *(volatile char *)page = 1;
    } else if (!strcmp(way, "trap")) {
        __asm__ volatile("int3");
    } else if (!strcmp(way, "nostack")) {
        __asm__ volatile("xor %%esp, %%esp\n\txor %%eax, %%eax\n\tmov %%eax, (%%rax)" ::: "rax", "memory");
    } else if (!strcmp(way, "kill")) {
        kill(getpid(), SIGTERM);
    } else if (!strcmp(way, "stop")) {
        raise(SIGSTOP);
    } else if (!strcmp(way, "noroom")) {
        signal(SIGSEGV, handler);
        return descend(0);
    } else if (!strcmp(way, "unknown")) {
        return unknown();
    } else if (!strcmp(way, "trace")) {
        syscall(SYS_ptrace, 0, 0, 0, 0);
    } else if (!strcmp(way, "alias")) {
        syscall(SYS_clone, 0x100 | SIGCHLD, 0, 0, 0, 0); // CLONE_VM, and nobody waits
    }
    puts("after");
    return 0;
}
