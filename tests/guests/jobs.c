// Job control: processes that stop, go on and are waited for; locks of those that are killed.
#define _GNU_SOURCE
#include "processes.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

static volatile int told;
static siginfo_t last;

static void onTold(int number) { told = number; }

static void onInfo(int number, siginfo_t *info, void *unused) {
    (void)unused;
    told = number;
    last = *info;
}

static void handle(int number, void (*handler)(int), int flags) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigaction(number, &action, NULL);
}

static void tell(int status) {
    if (WIFSTOPPED(status)) {
        printf(" stopped %d", WSTOPSIG(status));
    } else if (WIFCONTINUED(status)) {
        printf(" continued");
    } else {
        show(status);
    }
}

// Waits for whatever the child does next, and tells it.
static void next(pid_t child) {
    int status = -1;
    pid_t got = waitpid(child, &status, WUNTRACED | WCONTINUED);
    printf(got == child ? "" : " (%d)", (int)got);
    tell(status);
}

static void nextStop(pid_t child) {
    int status = -1;
    waitpid(child, &status, WUNTRACED);
    tell(status);
}

static pid_t pausing(void) {
    int ends[2];
    char byte;
    if (pipe(ends)) {
        return -1;
    }
    pid_t id = fork();
    if (id == 0) {
        if (write(ends[1], "x", 1) != 1) {
            _exit(1);
        }
        for (;;) {
            pause();
        }
    }
    printf(read(ends[0], &byte, 1) == 1 ? "" : " no start");
    close(ends[0]);
    close(ends[1]);
    return id;
}

static void stopAndContinue(void) {
    pid_t id = pausing();
    kill(id, SIGSTOP);
    next(id);
    kill(id, SIGCONT);
    next(id);
    kill(id, SIGTERM);
    next(id);
}

static void stopsItself(void) {
    pid_t id = fork();
    if (id == 0) {
        raise(SIGSTOP);
        _exit(7);
    }
    next(id);
    kill(id, SIGCONT);
    show(waitFor(id));
}

static void reportsAreGivenOnce(void) {
    int status;
    pid_t id = pausing();
    kill(id, SIGSTOP);
    next(id);
    printf(" again %d", (int)waitpid(id, &status, WUNTRACED | WNOHANG));
    printf(" plain %d", (int)waitpid(id, &status, WNOHANG));
    kill(id, SIGSTOP);
    printf(" twice %d", (int)waitpid(id, &status, WUNTRACED | WNOHANG));
    kill(id, SIGKILL);
    show(waitFor(id));
}

static void waitidKeepsWithNowait(void) {
    siginfo_t info = {0};
    pid_t id = pausing();
    kill(id, SIGSTOP);
    for (int i = 0; i < 2; i++) {
        int got = waitid(P_PID, id, &info, WSTOPPED | (i ? 0 : WNOWAIT));
        printf(" %d %d %d %d %d", got, info.si_signo, info.si_code, info.si_status, info.si_pid == id);
    }
    info.si_pid = 1;
    int got = waitid(P_PID, id, &info, WSTOPPED | WCONTINUED | WNOHANG);
    printf(" none %d %d", got, info.si_pid);
    kill(id, SIGCONT);
    printf(" %d", waitid(P_PID, id, &info, WCONTINUED));
    printf(" %d %d", info.si_code, info.si_status);
    kill(id, SIGKILL);
    show(waitFor(id));
}

// SIGSTOP ends a lone sleep no sooner, and a stopped process does nothing.
static void nothingRunsWhileStopped(void) {
    volatile int *count = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t id = fork();
    if (id == 0) {
        for (;;) {
            *count += 1;
        }
    }
    while (*count == 0) {
        usleep(100);
    }
    kill(id, SIGSTOP);
    next(id);
    int before = *count;
    usleep(5000);
    printf(" same %d", before == *count);
    kill(id, SIGCONT);
    next(id);
    while (before == *count) {
        usleep(100);
    }
    kill(id, SIGKILL);
    show(waitFor(id));
}

static void signalsWaitForTheContinue(void) {
    int ends[2];
    char byte = 0;
    printf(pipe(ends) ? " no pipe" : "");
    pid_t id = fork();
    if (id == 0) {
        handle(SIGUSR1, onTold, 0);
        if (write(ends[1], "r", 1) != 1) {
            _exit(1);
        }
        while (!told) {
            usleep(200);
        }
        _exit(told);
    }
    printf(" %d", (int)read(ends[0], &byte, 1));
    kill(id, SIGSTOP);
    next(id);
    kill(id, SIGUSR1);
    usleep(2000);
    int status;
    printf(" still %d", (int)waitpid(id, &status, WNOHANG));
    kill(id, SIGCONT);
    show(waitFor(id));
    close(ends[0]);
    close(ends[1]);
}

static void deathWaitsForTheContinue(void) {
    int status;
    pid_t id = pausing();
    kill(id, SIGSTOP);
    next(id);
    kill(id, SIGTERM);
    usleep(1000);
    printf(" still %d", (int)waitpid(id, &status, WNOHANG));
    kill(id, SIGCONT);
    show(waitFor(id));
}

static void childSignalTellsOfStops(void) {
    struct sigaction action = {.sa_sigaction = onInfo, .sa_flags = SA_SIGINFO | SA_RESTART};
    pid_t id = pausing();
    sigaction(SIGCHLD, &action, NULL);
    told = 0;
    kill(id, SIGSTOP);
    next(id);
    while (!told) {
        usleep(100);
    }
    printf(" told %d %d %d", told, last.si_code, last.si_status);
    told = 0;
    kill(id, SIGCONT);
    next(id);
    while (!told) {
        usleep(100);
    }
    printf(" told %d %d %d", told, last.si_code, last.si_status);
    action.sa_flags |= SA_NOCLDSTOP;
    sigaction(SIGCHLD, &action, NULL);
    told = 0;
    kill(id, SIGSTOP);
    next(id);
    printf(" told %d", told);
    kill(id, SIGKILL);
    show(waitFor(id));
    printf(" told %d", told);
    handle(SIGCHLD, SIG_DFL, 0);
}

static void terminalStopsOfAGroup(void) {
    int stops[] = {SIGTSTP, SIGTTIN, SIGTTOU};
    pid_t id = fork();
    if (id == 0) {
        setpgid(0, 0);
        for (int i = 0; i < COUNT(stops); i++) {
            raise(stops[i]);
        }
        _exit(3);
    }
    setpgid(id, id);
    for (int i = 0; i < COUNT(stops); i++) {
        nextStop(id);
        kill(-id, SIGCONT);
    }
    show(waitFor(id));
}

static void handlersOfStopsRun(void) {
    pid_t id = fork();
    if (id == 0) {
        setpgid(0, 0);
        handle(SIGTSTP, onTold, 0);
        handle(SIGCONT, onTold, 0);
        raise(SIGTSTP);
        int first = told;
        raise(SIGCONT);
        handle(SIGTSTP, SIG_IGN, 0);
        raise(SIGTSTP);
        _exit(first == SIGTSTP && told == SIGCONT ? 5 : 6);
    }
    show(waitFor(id));
}

static void orphanedGroupsAreNotStopped(void) {
    pid_t id = fork();
    if (id == 0) {
        setsid();
        raise(SIGTSTP);
        raise(SIGTTIN);
        _exit(4);
    }
    show(waitFor(id));
}

static void blockedStopsWait(void) {
    pid_t id = fork();
    if (id == 0) {
        sigset_t set, pending;
        setpgid(0, 0);
        sigemptyset(&set);
        sigaddset(&set, SIGTSTP);
        sigprocmask(SIG_BLOCK, &set, NULL);
        raise(SIGTSTP);
        sigpending(&pending);
        int was = sigismember(&pending, SIGTSTP);
        sigprocmask(SIG_UNBLOCK, &set, NULL);
        _exit(was);
    }
    next(id);
    kill(id, SIGCONT);
    show(waitFor(id));
}

static void newlyOrphanedGroupsAreHungUp(void) {
    int ends[2];
    char text[16] = "";
    printf(pipe(ends) ? " no pipe" : "");
    pid_t middle = fork();
    if (middle == 0) {
        pid_t inner = fork();
        if (inner == 0) {
            setpgid(0, 0);
            handle(SIGHUP, onTold, 0);
            raise(SIGSTOP);
            _exit(write(ends[1], told == SIGHUP ? "hup" : "no", 3) != 3);
        }
        int status;
        waitpid(inner, &status, WUNTRACED);
        _exit(WIFSTOPPED(status) ? 1 : 2);
    }
    close(ends[1]);
    show(waitFor(middle));
    printf(" %d %s", (int)read(ends[0], text, 3), text);
    close(ends[0]);
}

static void threadsStopTogether(void) {
    pid_t id = fork();
    if (id == 0) {
        pthread_t thread;
        pthread_create(&thread, NULL, sleeps, NULL);
        raise(SIGSTOP);
        pthread_kill(thread, SIGTERM);
        for (;;) {
            pause();
        }
    }
    next(id);
    kill(id, SIGCONT);
    show(waitFor(id));
}

static void callsGoOn(void) {
    int ends[2];
    printf(pipe(ends) ? " no pipe" : "");
    pid_t id = fork();
    if (id == 0) {
        char byte;
        struct pollfd wanted = {ends[0], POLLIN, 0};
        int polled = poll(&wanted, 1, 100000);
        _exit(polled * 10 + (int)read(ends[0], &byte, 1));
    }
    usleep(2000);
    kill(id, SIGSTOP);
    next(id);
    printf(" %d", (int)write(ends[1], "x", 1));
    kill(id, SIGCONT);
    show(waitFor(id));
    close(ends[0]);
    close(ends[1]);
}

static char stateOf(pid_t id) {
    char path[64], text[256], state = '?';
    snprintf(path, sizeof path, "/proc/%d/stat", (int)id);
    int file = open(path, O_RDONLY);
    ssize_t got = read(file, text, sizeof text - 1);
    close(file);
    text[got > 0 ? got : 0] = 0;
    char *end = strrchr(text, ')');
    sscanf(end ? end : "", ") %c", &state);
    return state;
}

static void procShowsTheState(void) {
    pid_t id = pausing();
    kill(id, SIGSTOP);
    next(id);
    printf(" %c", stateOf(id));
    kill(id, SIGCONT);
    next(id);
    usleep(2000);
    printf(" %c", stateOf(id));
    kill(id, SIGKILL);
    show(waitFor(id));
}

static void robustLockOfAKilledProcess(void) {
    pthread_mutex_t *lock = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t kind;
    pthread_mutexattr_init(&kind);
    pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST);
    pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(lock, &kind);
    for (int i = 0; i < 2; i++) {
        pid_t id = fork();
        if (id == 0) {
            pthread_mutex_lock(lock);
            if (i) {
                _exit(2);
            }
            raise(SIGKILL);
        }
        show(waitFor(id));
        int got = pthread_mutex_lock(lock);
        printf(" %s", got == EOWNERDEAD ? "owner died" : got ? "other" : "nothing");
        pthread_mutex_consistent(lock);
        pthread_mutex_unlock(lock);
    }
}

static void robustLockIsWaitedFor(void) {
    pthread_mutex_t *lock = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t kind;
    pthread_mutexattr_init(&kind);
    pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST);
    pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(lock, &kind);
    pid_t holder = fork();
    if (holder == 0) {
        pthread_mutex_lock(lock);
        raise(SIGSTOP);
    }
    next(holder);
    pid_t waiter = fork();
    if (waiter == 0) {
        _exit(pthread_mutex_lock(lock) == EOWNERDEAD ? 1 : 2);
    }
    usleep(2000);
    kill(holder, SIGKILL);
    show(waitFor(holder));
    show(waitFor(waiter));
}

static void sleepsTakeTheirTime(void) {
    struct timespec from, to;
    pid_t id = fork();
    if (id == 0) {
        clock_gettime(CLOCK_MONOTONIC, &from);
        usleep(20000);
        clock_gettime(CLOCK_MONOTONIC, &to);
        long us = (to.tv_sec - from.tv_sec) * 1000000 + (to.tv_nsec - from.tv_nsec) / 1000;
        _exit(us >= 20000);
    }
    usleep(1000);
    kill(id, SIGSTOP);
    next(id);
    kill(id, SIGCONT);
    show(waitFor(id));
}

int main(int argc, char **argv) {
    static const struct Case cases[] = {
        CASE(stopAndContinue), CASE(stopsItself), CASE(reportsAreGivenOnce), CASE(waitidKeepsWithNowait),
        CASE(nothingRunsWhileStopped), CASE(signalsWaitForTheContinue), CASE(deathWaitsForTheContinue),
        CASE(childSignalTellsOfStops), CASE(terminalStopsOfAGroup), CASE(handlersOfStopsRun),
        CASE(orphanedGroupsAreNotStopped), CASE(blockedStopsWait), CASE(newlyOrphanedGroupsAreHungUp),
        CASE(threadsStopTogether), CASE(callsGoOn), CASE(procShowsTheState), CASE(robustLockOfAKilledProcess),
        CASE(robustLockIsWaitedFor), CASE(sleepsTakeTheirTime),
    };
    // Whose child an orphan becomes must not be of the same session, or its group is none.
    setsid();
    return runCases(cases, COUNT(cases), argc, argv);
}
