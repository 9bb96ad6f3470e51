// What the programs of the conformance suite share: each case prints one line, with the results of
// its calls, and runs in a folder of its own. Runs the same natively and as a guest.
#ifndef CONFORM_H
#define CONFORM_H

#define _GNU_SOURCE
#include "../cases.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#pragma GCC diagnostic ignored "-Wunused-function" // Not every program uses all.
#pragma GCC diagnostic ignored "-Wunused-result"
#pragma GCC diagnostic ignored "-Wnonnull"
#pragma GCC diagnostic ignored "-Wstringop-overflow"
#pragma GCC diagnostic ignored "-Wstringop-overread"
#pragma GCC diagnostic ignored "-Wformat-truncation"

#define BAD ((void *)16) // Never mapped.
#define CASES_MAX 200

static struct Case registered[CASES_MAX];
static int registeredCount;

// A case registers itself: `T(name) { ... }`.
#define T(name)                                                                                    \
    static void name(void);                                                                        \
    __attribute__((constructor)) static void add_##name(void) {                                    \
        registered[registeredCount++] = (struct Case){#name, name};                                \
    }                                                                                              \
    static void name(void)

static void say(long result) {
    if (result == -1 && errno) {
        printf(" %s", strerrorname_np(errno));
    } else {
        printf(" %ld", result);
    }
}

// Prints what a call gives: its result, or the name of its error.
#define R(call)                                                                                    \
    do {                                                                                           \
        errno = 0;                                                                                 \
        long result_ = (long)(call);                                                               \
        say(result_);                                                                              \
    } while (0)

// The same, where the result itself differs from machine to machine.
#define OK(call)                                                                                   \
    do {                                                                                           \
        errno = 0;                                                                                 \
        long result_ = (long)(call);                                                               \
        say(result_ == -1 ? result_ : 0);                                                          \
    } while (0)

#define S(...) printf(" " __VA_ARGS__)

static int make(const char *name, const char *text) {
    int f = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);
    write(f, text, strlen(text));
    lseek(f, 0, SEEK_SET);
    return f;
}

// All of a file, from its start.
static void dump(const char *name) {
    char text[256];
    int f = open(name, O_RDONLY);
    ssize_t n = read(f, text, sizeof text - 1);
    if (n < 0) {
        printf(" [%s]", strerrorname_np(errno));
        return;
    }
    printf(" [");
    for (ssize_t i = 0; i < n; i++) {
        printf(text[i] > ' ' && text[i] < 127 ? "%c" : "\\%d", text[i]);
    }
    printf("]");
    close(f);
}

static void ended(pid_t child) {
    int status = -1;
    pid_t got;
    do {
        got = waitpid(child, &status, 0);
    } while (got == -1 && errno == EINTR);
    if (got != child) {
        say(-1);
    } else if (WIFEXITED(status)) {
        printf(" exit %d", WEXITSTATUS(status));
    } else if (WIFSIGNALED(status)) {
        printf(" signal %d", WTERMSIG(status));
    } else {
        printf(" status %x", status);
    }
}

// Root would be allowed what an ordinary user is not: without its capabilities it is not.
static void dropRights(void) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};
    prctl(PR_SET_SECUREBITS, 0x2f); // Uid 0 gives no capabilities again.
    syscall(SYS_capset, &header, none);
}

static void clean(const char *home) {
    alarm(0);
    sigset_t nothing;
    sigemptyset(&nothing);
    for (int i = 1; i <= SIGRTMAX; i++) {
        signal(i, SIG_IGN); // Forgets what is pending.
    }
    sigprocmask(SIG_SETMASK, &nothing, NULL);
    for (int i = 1; i <= SIGRTMAX; i++) {
        signal(i, SIG_DFL);
    }
    syscall(SYS_close_range, 3, ~0U, 0);
    umask(022);
    chdir(home);
}

int main(int argc, char **argv) {
    char home[PATH_MAX], folder[NAME_MAX];
    getcwd(home, sizeof home);
    setvbuf(stdout, NULL, _IONBF, 0);
    dropRights();
    for (int i = 0; i < registeredCount; i++) {
        int wanted = argc < 2;
        for (int a = 1; a < argc; a++) {
            wanted |= !strcmp(argv[a], registered[i].name);
        }
        if (!wanted) {
            continue;
        }
        clean(home);
        snprintf(folder, sizeof folder, "at_%s", registered[i].name);
        mkdir(folder, 0755);
        chdir(folder);
        printf("%s:", registered[i].name);
        registered[i].run();
        printf("\n");
    }
    return 0;
}

#endif
