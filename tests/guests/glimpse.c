// Two processes that run at once: how soon the one sees what the other stores in memory that they share,
// and whether both can make code at the same time. Prints the longest and shortest delay in TSC ticks.
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <x86intrin.h>

enum { Rounds = 24, Functions = 40 };

struct Shared {
    volatile int64_t stamps[Rounds];
    volatile int64_t longest[2], shortest[2];
};

static void work(uint64_t turns) {
    while (turns--) {
        __asm__ volatile("" ::: "memory");
    }
}

static void see(struct Shared *shared, int round, int me) {
    int64_t seen;
    uint64_t looks = 0;
    while ((seen = shared->stamps[round]) == 0) {
        __asm__ volatile("" : "+r"(looks));
        looks++;
    }
    int64_t delay = (int64_t)__rdtsc() - seen;
    if (delay > shared->longest[me]) {
        shared->longest[me] = delay;
    }
    if (delay < shared->shortest[me]) {
        shared->shortest[me] = delay;
    }
}

static int makeCode(int seed) {
    unsigned char *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int sum = 0;
    for (int i = 0; i < Functions; i++) {
        int value = seed + i;
        code[0] = 0xb8;
        memcpy(code + 1, &value, 4);
        code[5] = 0xc3;
        sum += ((int (*)(void))code)();
        work(1000 + 37 * i);
    }
    munmap(code, 4096);
    return sum;
}

int main(void) {
    struct Shared *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    shared->shortest[0] = shared->shortest[1] = INT64_MAX;
    pid_t id = fork();
    int me = id == 0;
    for (int round = 0; round < Rounds; round++) {
        if ((round & 1) == me) {
            work(100000 + 70001 * (round % 5));
            shared->stamps[round] = (int64_t)__rdtsc();
        } else {
            see(shared, round, me);
        }
    }
    int sum = makeCode(me * 1000);
    if (me) {
        _exit(sum == Functions * 1000 + Functions * (Functions - 1) / 2 ? 7 : 1);
    }
    int status;
    waitpid(id, &status, 0);
    printf("%d %d\n", WEXITSTATUS(status), sum);
    printf("longest %ld\n", (long)(shared->longest[0] > shared->longest[1] ? shared->longest[0] : shared->longest[1]));
    printf("shortest %ld\n",
        (long)(shared->shortest[0] < shared->shortest[1] ? shared->shortest[0] : shared->shortest[1]));
    return 0;
}
