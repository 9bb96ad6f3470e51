// Does what no honest program does, in the way the argument says; then, where it can, says what came of it.
#define _GNU_SOURCE
#include "guest.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile int depth;
static char stack[1 << 16];

static uint64_t state;

static uint64_t next(void) { return nextRandom(&state); }

static void jumpBack(int number) { siglongjmp(back, number); }

static void catchFaults(void) {
    stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&other, NULL);
    struct sigaction action = {.sa_handler = jumpBack, .sa_flags = SA_ONSTACK | SA_NODEFER};
    int numbers[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        sigaction(numbers[i], &action, NULL);
    }
}

// What nobody's is on any machine: kernel, not canonical, null, vsyscall, between the areas.
static const uint64_t nobodys[] = {
    0, 8, 0xfff, 0xfff8, 0x123456, 0x0000800000000000, 0x0000fffffffffff8, 0x7fffffffffffffff, 0x8000000000000000,
    0xffff7ffffffffff8, 0xffff800000000000, 0xffff888000000000, 0xffffffff80000000, 0xffffffffff600000,
    0xffffffffff600400, 0xffffffffff600800, 0xfffffffffffff000, 0xfffffffffffffff8, 0xffffffffffffffff,
    0x00000fe000000000, 0x00004fff00000000,
};

static int stores(uint64_t from, uint64_t to, uint64_t step) {
    volatile int faults = 0;
    volatile uint64_t at;
    for (at = from; at < to; at += step) {
        int number = sigsetjmp(back, 0);
        if (number == 0) {
            *(volatile uint64_t *)at = 0xdeadbeefdeadbeef;
        } else {
            faults++;
        }
    }
    return faults;
}

static int load(uint64_t from) {
    int number = sigsetjmp(back, 0);
    if (number == 0) {
        (void)*(volatile char *)from;
    }
    return number != 0;
}

static void wildStores(void) {
    int faults = 0, loads = 0;
    for (size_t i = 0; i < sizeof nobodys / sizeof *nobodys; i++) {
        faults += stores(nobodys[i], nobodys[i] + 1, 1) + (nobodys[i] == UINT64_MAX ? 1 : 0);
        loads += load(nobodys[i]);
    }
    faults += stores((uintptr_t)wildStores & ~4095ul, ((uintptr_t)wildStores & ~4095ul) + 4096, 512);
    printf("stores: %d faults, loads: %d\n", faults, loads);
}

static int jump(uint64_t to) {
    int number = sigsetjmp(back, 0);
    if (number == 0) {
        ((void (*)(void))to)();
    }
    return number;
}

static void wildJumps(void) {
    int faults = 0;
    for (size_t i = 0; i < sizeof nobodys / sizeof *nobodys; i++) {
        if (nobodys[i] >> 12 != 0xffffffffff600) { // A call of vsyscall is no mistake.
            faults += jump(nobodys[i]) != 0;
        }
    }
    for (uint64_t at = 0x60000000; at < 0x78000000; at += 0x00fff001) {
        faults += jump(at) != 0; // The engine's own memory, code cache and all.
    }
    printf("jumps: %d faults\n", faults);
}

// Into the middle of this program's own instructions: whatever they then are.
static void middles(void) {
    int ended = 0;
    for (int i = 0; i < 100; i++) {
        pid_t child = fork();
        if (child == 0) {
            alarm(1);
            ((void (*)(void))((uintptr_t)wildStores + next() % 3000))();
            _exit(0);
        }
        int status;
        ended += waitpid(child, &status, 0) == child;
    }
    printf("middles: %d ended\n", ended);
}

static void forks(void) {
    signal(SIGCHLD, SIG_IGN);
    int made = 0;
    for (int i = 0; i < 12; i++) { // Each copy goes on to make more: 4096 if nothing stops them.
        pid_t child = fork();
        if (child < 0) {
            break;
        }
        made += child != 0;
    }
    if (getpid() == 1 || getppid() == 0) {
        printf("forks: %d made\n", made);
        fflush(stdout);
    }
    pause();
}

static void files(void) {
    int count = 0, last = -1;
    for (int fd; (fd = open("/dev/null", O_RDONLY)) >= 0; count++) {
        last = fd;
    }
    int error = errno, ends[2];
    int pipes = pipe(ends), sockets = syscall(SYS_socketpair, 1, 1, 0, ends);
    printf("files: %d, errno %d, pipe %d, socketpair %d\n", count > 900 && last > 900, error, pipes, sockets);
}

static void memory(void) {
    uint64_t taken = 0;
    for (uint64_t size = 1ul << 62; size >= 4096; size /= 2) {
        void *at;
        while ((at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) != MAP_FAILED) {
            *(volatile char *)at = 1;
            taken += size;
        }
    }
    int brk = sbrk(1 << 20) == (void *)-1;
    pid_t child = fork();
    printf("memory: %d MiB or more, brk %d, fork %d\n", taken >> 20 > 64 ? 64 : 0, brk, child < 0);
}

static volatile uint64_t received;

static void again(int number) {
    received++;
    if (received < 20000) {
        raise(number);
    }
}

static void storm(void) {
    struct sigaction action = {.sa_handler = again};
    for (int i = SIGRTMIN; i <= SIGRTMAX; i++) {
        sigaction(i, &action, NULL);
    }
    for (int i = 0; i < 2000; i++) {
        kill(getpid(), SIGRTMIN + i % 30);
        sigqueue(getpid(), SIGRTMAX - i % 3, (union sigval){.sival_ptr = (void *)-1});
    }
    printf("storm: %d\n", received >= 20000);
}

static void deeper(int number) {
    depth++;
    raise(number);
}

// Each handler is interrupted by the next, until there is no stack left for one.
static void deep(void) {
    struct sigaction action = {.sa_handler = deeper, .sa_flags = SA_NODEFER};
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
}

static void faultAgain(int number) {
    *(volatile char *)(uintptr_t)number = 1;
}

static void faults(void) {
    struct sigaction action = {.sa_handler = faultAgain, .sa_flags = SA_NODEFER | SA_ONSTACK};
    stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&other, NULL);
    sigaction(SIGSEGV, &action, NULL);
    faultAgain(0);
}

__attribute__((noinline)) static int descend(volatile char *above) {
    volatile char frame[1 << 20];
    frame[0] = above[0];
    return above[0] < 0 ? 0 : descend(frame) + frame[0]; // It never is: the stack ends first.
}

static void iovecs(void) {
    static struct iovec many[2048];
    int wrong = 0, ends[2];
    pipe2(ends, O_NONBLOCK);
    for (int round = 0; round < 200; round++) {
        for (int i = 0; i < 2048; i++) {
            many[i] = (struct iovec){(void *)(next() >> next() % 64), next() >> next() % 64};
        }
        int count = (int[]){1, 1024, 1025, 2048, -1, INT32_MAX, INT32_MIN}[next() % 7];
        long call = (long[]){SYS_writev, SYS_readv, SYS_pwritev, SYS_preadv, SYS_process_vm_readv, SYS_vmsplice}[next() % 6];
        long result = syscall(call, ends[call == SYS_writev], many, count, next(), next());
        wrong += result > 65536;
    }
    many[0] = (struct iovec){many, (size_t)-1};
    struct iovec whole = {NULL, SIZE_MAX};
    printf("iovecs: %d wrong, %ld %ld\n", wrong, writev(ends[1], many, 1), readv(ends[0], &whole, 1));
}

static uint64_t anyArgument(void) {
    static char scratch[8192];
    switch (next() % 10) {
    case 0: return 0;
    case 1: return next() % 64;
    case 2: return (uint64_t)-(next() % 64);
    case 3: return (uintptr_t)scratch + next() % 4096;
    case 4: return (uintptr_t)&anyArgument - next() % 4096;
    case 5: return 1ul << next() % 64;
    case 6: return nobodys[next() % (sizeof nobodys / sizeof *nobodys)];
    case 7: return 0x60000000 + next() % 0x20000000;
    case 8: return next() >> next() % 64;
    default: return 0x500000000 + (next() % 4096) * 4096;
    }
}

// Any call with any arguments, each bundle in a process of its own, which an alarm ends if it waits. Stopping ends the
// whole node, and so do the few calls that are refused in words: those are left out here and tried alone.
static void calls(int seed, int bundles) {
    static const int omitted[] = {SYS_kill, SYS_tkill, SYS_tgkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_ptrace,
                                  SYS_clone, SYS_clone3, SYS_vfork, SYS_fork, SYS_pidfd_send_signal};
    int ended = 0;
    for (int i = 0; i < bundles; i++) {
        pid_t child = fork();
        state = 88172645463325252ull + (uint64_t)seed * 1000003 + i;
        if (child == 0) {
            alarm(2);
            for (int j = 0; j < 200; j++) {
                long number = (long)(next() % 470);
                for (size_t k = 0; k < sizeof omitted / sizeof *omitted; k++) {
                    number = number == omitted[k] ? SYS_getpid : number;
                }
                syscall(number, anyArgument(), anyArgument(), anyArgument(), anyArgument(), anyArgument(), anyArgument());
            }
            _exit(0);
        }
        int status;
        ended += child > 0 && waitpid(child, &status, 0) == child;
    }
    printf("calls: %d ended\n", ended);
}

static void execs(const char *self) {
    static char image[1 << 21];
    int in = open(self, O_RDONLY), ended = 0;
    long size = read(in, image, sizeof image);
    close(in);
    for (int i = 0; i < 20; i++) {
        int out = open("/tmp/garbage", O_RDWR | O_CREAT | O_TRUNC, 0700);
        char *copy = malloc(size);
        memcpy(copy, image, size);
        for (int j = 0; j < 12; j++) {
            copy[next() % (j < 8 ? 64 + 56 * 10 : size)] = (char)next();
        }
        if (i % 4 != 0) {
            memcpy(copy, ELFMAG, SELFMAG);
        }
        long length = i % 5 == 4 ? (long)(next() % size) : size;
        if (write(out, copy, length) != length) {
            break;
        }
        close(out);
        free(copy);
        pid_t child = fork();
        if (child == 0) {
            alarm(1);
            execl("/tmp/garbage", "garbage", "nothing", NULL);
            _exit(100);
        }
        int status;
        ended += waitpid(child, &status, 0) == child;
    }
    unlink("/tmp/garbage");
    printf("execs: %d ended\n", ended);
}

// Nobody of the host can be seen, stopped or asked.
static void strangers(void) {
    int own = 0, others = 0, seen = 0;
    for (pid_t pid = 2; pid < 70000; pid++) {
        others += pid != getpid() && pid != getppid() && kill(pid, pid % 2 ? SIGKILL : 0) == 0;
    }
    DIR *proc = opendir("/proc");
    for (struct dirent *entry; (entry = readdir(proc)) != NULL;) {
        int pid = atoi(entry->d_name);
        own += pid == getpid();
        seen += pid > 0 && pid != getpid();
    }
    char text[64];
    snprintf(text, sizeof text, "/proc/%d/environ", getppid());
    printf("strangers: %d reached, %d own, %d seen, %d\n", others, own, seen, open(text, O_RDONLY) < 0);
}

int main(int argc, char **argv) {
    const char *way = argc > 1 ? argv[1] : "";
    int number = argc > 2 ? atoi(argv[2]) : 1;
    state = 0x9e3779b97f4a7c15ull + (uint64_t)number;
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("begun %s\n", way);
    if (!strcmp(way, "stores") || !strcmp(way, "jumps") || !strcmp(way, "range")) {
        catchFaults();
    }
    if (!strcmp(way, "stores")) {
        wildStores();
    } else if (!strcmp(way, "jumps")) {
        wildJumps();
    } else if (!strcmp(way, "range")) { // FROM TO STEP: what is the host's own, too.
        printf("range: %d faults\n", stores(strtoull(argv[2], NULL, 0), strtoull(argv[3], NULL, 0), strtoull(argv[4], NULL, 0)));
    } else if (!strcmp(way, "middles")) {
        middles();
    } else if (!strcmp(way, "forks")) {
        forks();
    } else if (!strcmp(way, "files")) {
        files();
    } else if (!strcmp(way, "memory")) {
        memory();
    } else if (!strcmp(way, "storm")) {
        storm();
    } else if (!strcmp(way, "deep")) {
        deep();
    } else if (!strcmp(way, "faults")) {
        faults();
    } else if (!strcmp(way, "stack")) {
        return descend(stack);
    } else if (!strcmp(way, "iovecs")) {
        iovecs();
    } else if (!strcmp(way, "calls")) {
        calls(number, 20);
    } else if (!strcmp(way, "execs")) {
        execs(argv[0]);
    } else if (!strcmp(way, "strangers")) {
        strangers();
    }
    return 0;
}
