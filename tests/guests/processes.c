// Processes: what a child has of its parent, and what a parent learns of its child.
#define _GNU_SOURCE
#include "processes.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static volatile int global = 1;
static volatile int chldCount, chldStatus, chldCode, chldPid;

static void exits(void) {
    static const int codes[] = {0, 1, 42, 255, 256 + 7};
    for (int i = 0; i < COUNT(codes); i++) {
        pid_t id = fork();
        if (id == 0) {
            _exit(codes[i]);
        }
        show(waitFor(id));
    }
}

static void killed(void) {
    const int signals[] = {SIGKILL, SIGTERM, SIGSEGV, SIGUSR1, SIGRTMIN};
    for (int i = 0; i < COUNT(signals); i++) {
        pid_t id = fork();
        if (id == 0) {
            raise(signals[i]);
            _exit(1);
        }
        show(waitFor(id));
    }
}

static void faults(void) {
    pid_t id = fork();
    if (id == 0) {
        *(volatile int *)(intptr_t)(chldCount + 8) = 1;
        _exit(0);
    }
    show(waitFor(id) & 0x7f);
}

static void memoryIsCopied(void) {
    int *heap = malloc(1 << 20), local = 1;
    heap[1000] = 1;
    pid_t id = fork();
    if (id == 0) {
        global = 7;
        heap[1000] = 7;
        local = 7;
        heap = realloc(heap, 4 << 20);
        _exit(global + heap[1000] + local);
    }
    global = 2;
    show(waitFor(id));
    printf(" parent %d %d %d", global, heap[1000], local);
    free(heap);
}

static void largeCopy(void) {
    size_t size = 12 << 20;
    unsigned char *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (size_t i = 0; i < size; i += 4096) {
        bytes[i] = (unsigned char)((i >> 12) % 251);
    }
    pid_t id = fork();
    if (id == 0) {
        unsigned sum = 0;
        for (size_t i = 0; i < size; i += 4096) {
            sum += bytes[i];
            bytes[i] = 0;
        }
        _exit(sum & 0x7f);
    }
    show(waitFor(id));
    unsigned sum = 0;
    for (size_t i = 0; i < size; i += 4096) {
        sum += bytes[i];
    }
    printf(" parent %u", sum & 0x7f);
    munmap(bytes, size);
}

static void protectionIsCopied(void) {
    char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    page[0] = 1;
    mprotect(page, 4096, PROT_READ);
    pid_t id = fork();
    if (id == 0) {
        page[4096] = 2;
        page[0] = 2;
        _exit(0);
    }
    show(waitFor(id) & 0x7f);
    mprotect(page, 4096, PROT_READ | PROT_WRITE);
    page[0] = 3;
    printf(" parent %d %d", page[0], page[4096]);
    munmap(page, 8192);
}

static void sharedAnonymous(void) {
    volatile int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t id = fork();
    if (id == 0) {
        shared[0] = 5;
        shared[1] = shared[2] + 1;
        _exit(0);
    }
    shared[2] = 0;
    show(waitFor(id));
    printf(" %d %d", shared[0], shared[1]);
    munmap((void *)shared, 4096);
}

static void sharedFile(void) {
    char name[] = "/tmp/sharedXXXXXX";
    int file = mkstemp(name);
    unlink(name);
    if (ftruncate(file, 8192)) {
        printf(" no file");
    }
    volatile int *shared = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    pid_t id = fork();
    if (id == 0) {
        shared[1024] = 11;
        _exit(0);
    }
    show(waitFor(id));
    printf(" %d", shared[1024]);
    munmap((void *)shared, 8192);
}

static void mutexBetween(void) {
    struct Shared {
        pthread_mutex_t mutex;
        pthread_cond_t turned;
        int turn, sum;
    } *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t mutexKind;
    pthread_condattr_t conditionKind;
    pthread_mutexattr_init(&mutexKind);
    pthread_mutexattr_setpshared(&mutexKind, PTHREAD_PROCESS_SHARED);
    pthread_condattr_init(&conditionKind);
    pthread_condattr_setpshared(&conditionKind, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&shared->mutex, &mutexKind);
    pthread_cond_init(&shared->turned, &conditionKind);
    pid_t id = fork();
    int me = id == 0;
    for (int i = 0; i < 50; i++) {
        pthread_mutex_lock(&shared->mutex);
        while (shared->turn != me) {
            pthread_cond_wait(&shared->turned, &shared->mutex);
        }
        shared->sum += i * (me + 1);
        shared->turn = !me;
        pthread_cond_broadcast(&shared->turned);
        pthread_mutex_unlock(&shared->mutex);
    }
    if (me) {
        _exit(0);
    }
    show(waitFor(id));
    printf(" %d", shared->sum);
    munmap(shared, 4096);
}

static void waits(void) {
    printf(" none %d", waitpid(-1, NULL, 0) < 0 ? errno : 0);
    int ends[2];
    if (pipe(ends)) {
        return;
    }
    pid_t id = fork();
    if (id == 0) {
        char byte;
        close(ends[1]);
        _exit((int)read(ends[0], &byte, 1) + 4);
    }
    printf(" running %d", waitpid(id, NULL, WNOHANG));
    printf(" stranger %d", waitpid(getpid(), NULL, 0) < 0 ? errno : 0);
    close(ends[0]);
    close(ends[1]);
    show(waitFor(id));
    printf(" again %d", waitpid(id, NULL, 0) < 0 ? errno : 0);
    printf(" options %d", waitpid(-1, NULL, 0x40) < 0 ? errno : 0);
}

static void waitsById(void) {
    pid_t id = fork();
    if (id == 0) {
        _exit(9);
    }
    siginfo_t info;
    memset(&info, 0, sizeof info);
    waitid(P_PID, id, &info, WEXITED | WNOWAIT);
    printf(" peek %d %d %d", info.si_code == CLD_EXITED, info.si_status, info.si_pid == id);
    memset(&info, 0, sizeof info);
    waitid(P_ALL, 0, &info, WEXITED);
    printf(" take %d %d", info.si_status, info.si_signo);
    id = fork();
    if (id == 0) {
        raise(SIGKILL);
    }
    waitid(P_PID, id, &info, WEXITED);
    printf(" killed %d %d", info.si_code == CLD_KILLED, info.si_status);
    printf(" errors %d", waitid(P_PID, id, &info, WEXITED) < 0 ? errno : 0);
    printf(" %d", waitid(P_PID, id, &info, 0) < 0 ? errno : 0);
}

static void manyChildren(void) {
    int sum = 0, count = 0, status;
    for (int i = 0; i < 40; i++) {
        if (fork() == 0) {
            _exit(i);
        }
    }
    while (wait(&status) > 0) {
        sum += WEXITSTATUS(status);
        count++;
    }
    printf(" %d of sum %d", count, sum);
}

static void grandchildren(void) {
    pid_t id = fork();
    if (id == 0) {
        pid_t inner = fork();
        if (inner == 0) {
            _exit(3);
        }
        _exit(WEXITSTATUS(waitFor(inner)) * 2);
    }
    show(waitFor(id));
}

static void parents(void) {
    pid_t own = getpid(), id = fork();
    if (id == 0) {
        _exit(getppid() == own && getpid() != own && (pid_t)syscall(SYS_gettid) == getpid());
    }
    show(waitFor(id));
}

static void pipes(void) {
    int down[2], up[2];
    char text[64] = {0};
    if (pipe(down) || pipe(up)) {
        return;
    }
    pid_t id = fork();
    if (id == 0) {
        close(down[1]);
        int got, total = 0;
        while ((got = read(down[0], text, sizeof text)) > 0) {
            total += got;
        }
        dprintf(up[1], "got %d", total);
        _exit(0);
    }
    close(down[0]);
    close(up[1]);
    static char block[70000];
    ssize_t sent = write(down[1], block, sizeof block);
    close(down[1]);
    ssize_t got = read(up[0], text, sizeof text - 1);
    printf(" sent %zd: %s %d", sent, text, got > 0);
    close(up[0]);
    show(waitFor(id));
}

static void brokenPipe(void) {
    int ends[2];
    if (pipe(ends)) {
        return;
    }
    pid_t id = fork();
    if (id == 0) {
        close(ends[0]);
        for (;;) {
            if (write(ends[1], "x", 1) < 0) {
                _exit(1);
            }
        }
    }
    close(ends[0]);
    close(ends[1]);
    show(waitFor(id));
}

static void offsetsAreShared(void) {
    char name[] = "/tmp/offsetXXXXXX";
    int file = mkstemp(name);
    unlink(name);
    pid_t id = fork();
    if (id == 0) {
        _exit(write(file, "abc", 3) != 3);
    }
    show(waitFor(id));
    printf(" at %ld", (long)lseek(file, 0, SEEK_CUR));
    close(file);
}

static void descriptorsAreNot(void) {
    int file = open("/dev/null", O_RDWR);
    pid_t id = fork();
    if (id == 0) {
        close(file);
        _exit(0);
    }
    show(waitFor(id));
    printf(" open %d", fcntl(file, F_GETFD) >= 0);
    close(file);
}

static void folderAndUmask(void) {
    mode_t old = umask(027);
    char before[256], after[256];
    if (!getcwd(before, sizeof before)) {
        return;
    }
    pid_t id = fork();
    if (id == 0) {
        mode_t inherited = umask(0);
        _exit(chdir("/tmp") != 0 ? 1 : inherited == 027 ? 2 : 3);
    }
    show(waitFor(id));
    printf(" same %d", getcwd(after, sizeof after) && !strcmp(before, after));
    umask(old);
}

static void onChild(int number, siginfo_t *info, void *context) {
    (void)number;
    (void)context;
    chldCount++;
    chldStatus = info->si_status;
    chldCode = info->si_code;
    chldPid = info->si_pid;
}

static void childSignal(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = onChild;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigaction(SIGCHLD, &action, NULL);
    pid_t id = fork();
    if (id == 0) {
        _exit(6);
    }
    show(waitFor(id));
    printf(" handler %d status %d exited %d own %d", chldCount, chldStatus, chldCode == CLD_EXITED, chldPid == id);
    signal(SIGCHLD, SIG_DFL);
}

static void ignoredChildren(void) {
    signal(SIGCHLD, SIG_IGN);
    pid_t id = fork();
    if (id == 0) {
        _exit(1);
    }
    printf(" %d", waitpid(id, NULL, 0) < 0 ? errno : 0);
    signal(SIGCHLD, SIG_DFL);
}

static void interruptedWait(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = onChild;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGUSR1, &action, NULL);
    pid_t parent = getpid(), id = fork();
    if (id == 0) {
        for (int i = 0; i < 3; i++) {
            usleep(1000);
        }
        kill(parent, SIGUSR1);
        pause();
    }
    int got = waitpid(id, NULL, 0), error = errno;
    printf(" %d %d", got, error);
    kill(id, SIGTERM);
    show(waitFor(id));
    signal(SIGUSR1, SIG_DFL);
}

static volatile int told;

static void onTold(int number) { told = number; }

static void signalsAreCopied(void) {
    sigset_t mask, old;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR2);
    sigprocmask(SIG_BLOCK, &mask, &old);
    signal(SIGUSR1, onTold);
    raise(SIGUSR2);
    pid_t id = fork();
    if (id == 0) {
        sigset_t pending, blocked;
        sigpending(&pending);
        sigprocmask(SIG_BLOCK, NULL, &blocked);
        raise(SIGUSR1);
        _exit(sigismember(&pending, SIGUSR2) * 4 + sigismember(&blocked, SIGUSR2) * 2 + (told == SIGUSR1));
    }
    show(waitFor(id));
    signal(SIGUSR2, SIG_IGN);
    sigprocmask(SIG_SETMASK, &old, NULL);
    signal(SIGUSR1, SIG_DFL);
    signal(SIGUSR2, SIG_DFL);
}

static void killsChild(void) {
    pid_t id = fork();
    if (id == 0) {
        for (;;) {
            pause();
        }
    }
    printf(" alive %d", kill(id, 0));
    kill(id, SIGTERM);
    siginfo_t info;
    waitid(P_PID, id, &info, WEXITED | WNOWAIT);
    printf(" zombie %d", kill(id, SIGTERM));
    show(waitFor(id));
    printf(" gone %d", kill(id, 0) < 0 ? errno : 0);
}

static void killsSpinner(void) {
    volatile int *ready = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t id = fork();
    if (id == 0) {
        *ready = 1;
        for (volatile unsigned i = 0;; i++) {
        }
    }
    while (!*ready) {
        usleep(100);
    }
    kill(id, SIGKILL);
    show(waitFor(id));
    munmap((void *)ready, 4096);
}

static void groups(void) {
    pid_t first = fork();
    if (first == 0) {
        pause();
        _exit(0);
    }
    printf(" inherits %d", getpgid(first) == getpgrp());
    printf(" set %d", setpgid(first, first));
    pid_t second = fork();
    if (second == 0) {
        setpgid(0, first);
        kill(0, SIGTERM);
        pause();
        _exit(0);
    }
    setpgid(second, first);
    int ends = 0, status;
    while (waitpid(-first, &status, 0) > 0) {
        ends += WTERMSIG(status);
    }
    printf(" ends %d", ends);
    printf(" errors %d", kill(-first, 0) < 0 ? errno : 0);
    printf(" %d", setpgid(1, 0) < 0 ? errno : 0);
    printf(" %d", setpgid(0, -1) < 0 ? errno : 0);
}

static void sessions(void) {
    pid_t id = fork();
    if (id == 0) {
        int made = setsid() == getpid() && getsid(0) == getpid() && getpgrp() == getpid();
        int again = setsid() < 0 ? errno : 0;
        _exit(made * 64 + again);
    }
    show(waitFor(id));
}

static void inThread(void *(*run)(void *), void *argument) {
    pthread_t thread;
    pthread_create(&thread, NULL, run, argument);
    pthread_join(thread, NULL);
}

static void *forks(void *result) {
    pid_t id = fork();
    if (id == 0) {
        _exit((pid_t)syscall(SYS_gettid) == getpid());
    }
    *(int *)result = waitFor(id);
    return NULL;
}

static void forkInThread(void) {
    int status = -1;
    inThread(forks, &status);
    show(status);
}

static void threadsDieWithProcess(void) {
    pid_t id = fork();
    if (id == 0) {
        pthread_t threads[3];
        for (int i = 0; i < 3; i++) {
            pthread_create(&threads[i], NULL, sleeps, NULL);
        }
        syscall(SYS_exit_group, 5);
    }
    show(waitFor(id));
}

static void shells(void) {
    printf(" %d", WEXITSTATUS(system("exit 12")));
    FILE *from = popen("echo one; echo two | tr a-z A-Z", "r");
    char line[64];
    while (fgets(line, sizeof line, from)) {
        line[strcspn(line, "\n")] = 0;
        printf(" %s", line);
    }
    printf(" %d", WEXITSTATUS(pclose(from)));
}

static void limitsAreInherited(void) {
    struct rlimit limit = {100, 200}, read;
    pid_t id = fork();
    if (id == 0) {
        setrlimit(RLIMIT_NOFILE, &limit);
        pid_t inner = fork();
        if (inner == 0) {
            getrlimit(RLIMIT_NOFILE, &read);
            _exit((int)read.rlim_cur);
        }
        _exit(WEXITSTATUS(waitFor(inner)));
    }
    show(waitFor(id));
    getrlimit(RLIMIT_NOFILE, &read);
    printf(" parent %d", read.rlim_cur != 100);
}

static void timeOfChildren(void) {
    struct rusage before, after;
    getrusage(RUSAGE_CHILDREN, &before);
    pid_t id = fork();
    if (id == 0) {
        for (volatile int i = 0; i < 30000000; i++) {
        }
        _exit(0);
    }
    show(waitFor(id));
    getrusage(RUSAGE_CHILDREN, &after);
    long used = (after.ru_utime.tv_sec - before.ru_utime.tv_sec) * 1000000 + after.ru_utime.tv_usec - before.ru_utime.tv_usec;
    printf(" used %d", used > 1000);
}

static void changedCode(void) {
    unsigned char *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    static const unsigned char body[] = {0xb8, 1, 0, 0, 0, 0xc3}; // mov eax, 1; ret
    memcpy(code, body, sizeof body);
    int (*call)(void) = (int (*)(void))(uintptr_t)code;
    int before = call();
    pid_t id = fork();
    if (id == 0) {
        code[1] = 9;
        _exit(call());
    }
    int status = waitFor(id);
    int same = call();
    code[1] = 4;
    show(status);
    printf(" parent %d %d %d", before, same, call());
    munmap(code, 4096);
}

static const struct Case cases[] = {
    CASE(exits), CASE(killed), CASE(faults), CASE(memoryIsCopied), CASE(largeCopy), CASE(protectionIsCopied),
    CASE(sharedAnonymous), CASE(sharedFile), CASE(mutexBetween), CASE(waits), CASE(waitsById),
    CASE(manyChildren), CASE(grandchildren), CASE(parents), CASE(pipes), CASE(brokenPipe),
    CASE(offsetsAreShared), CASE(descriptorsAreNot), CASE(folderAndUmask), CASE(childSignal),
    CASE(ignoredChildren), CASE(interruptedWait), CASE(signalsAreCopied), CASE(killsChild),
    CASE(killsSpinner), CASE(groups), CASE(sessions), CASE(forkInThread), CASE(threadsDieWithProcess),
    CASE(shells), CASE(limitsAreInherited), CASE(timeOfChildren), CASE(changedCode),
};

int main(int argc, char **argv) { return runCases(cases, COUNT(cases), argc, argv); }
