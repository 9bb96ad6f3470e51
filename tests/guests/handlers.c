// Signal handlers of one thread: what reaches them, in which order, and what they may change.
#define _GNU_SOURCE
#include "signals.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

static void raised(void) {
    set(SIGUSR1, note, 0, 0);
    int result = raise(SIGUSR1);
    printf(" %d ran %d times", result, count);
}

static void killed(void) {
    set(SIGUSR1, noteInfo, SA_SIGINFO, 0);
    kill(getpid(), SIGUSR1);
    printf(" signo %d code %d pid %d uid %d errno %d", lastInfo.si_signo, lastInfo.si_code,
           lastInfo.si_pid == getpid(), lastInfo.si_uid == getuid(), lastInfo.si_errno);
}

static void threadKilled(void) {
    set(SIGUSR2, noteInfo, SA_SIGINFO, 0);
    raise(SIGUSR2);
    printf(" signo %d code %d pid %d", lastInfo.si_signo, lastInfo.si_code,
           lastInfo.si_pid == getpid());
}

static void queued(void) {
    set(SIGUSR1, noteInfo, SA_SIGINFO, 0);
    sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 4711});
    printf(" code %d value %d pid %d", lastInfo.si_code, lastInfo.si_value.sival_int,
           lastInfo.si_pid == getpid());
    sigqueue(getpid(), SIGUSR1, (union sigval){.sival_ptr = (void *)0x123456789abc});
    printf(" pointer %p", lastInfo.si_value.sival_ptr);
}

static void noteMask(int number) {
    note(number);
    sigprocmask(SIG_SETMASK, NULL, &maskInside);
}

static void maskWithin(void) {
    set(SIGUSR1, noteMask, 0, SIGHUP);
    raise(SIGUSR1);
    printf(" own %d named %d other %d; after %d %d", sigismember(&maskInside, SIGUSR1),
           sigismember(&maskInside, SIGHUP), sigismember(&maskInside, SIGUSR2), isBlocked(SIGUSR1),
           isBlocked(SIGHUP));
}

static void recurse(int number) {
    note(number);
    depth++;
    deepest = depth > deepest ? depth : deepest;
    if (depth < 5 && count < 5) {
        raise(number);
    }
    depth--;
}

static void noDefer(void) {
    depth = deepest = 0;
    set(SIGUSR1, recurse, SA_NODEFER, 0);
    raise(SIGUSR1);
    printf(" runs %d deepest %d", count, deepest);
}

static void defer(void) {
    depth = deepest = 0;
    set(SIGUSR1, recurse, 0, 0);
    raise(SIGUSR1);
    printf(" runs %d deepest %d", count, deepest);
}

static void resetHand(void) {
    set(SIGURG, note, SA_RESETHAND, 0);
    raise(SIGURG);
    raise(SIGURG); // Ignored by default.
    struct sigaction now;
    sigaction(SIGURG, NULL, &now);
    printf(" runs %d default %d flags kept %d", count, now.sa_handler == SIG_DFL,
           (now.sa_flags & (int)SA_RESETHAND) != 0);
}

static void chainThird(int number) { note(number); }

static void chainSecond(int number) {
    note(number);
    raise(SIGHUP);
    note(-number);
}

static void chainFirst(int number) {
    note(number);
    raise(SIGUSR2);
    note(-number);
}

static void chain(void) {
    set(SIGHUP, chainThird, 0, 0);
    set(SIGUSR2, chainSecond, 0, 0);
    set(SIGUSR1, chainFirst, 0, 0);
    raise(SIGUSR1);
    printOrder();
}

static void pendingOnce(void) {
    set(SIGUSR1, note, 0, 0);
    block(SIG_BLOCK, SIGUSR1, 0);
    raise(SIGUSR1);
    raise(SIGUSR1);
    kill(getpid(), SIGUSR1);
    printf(" pending %d runs %d", isPending(SIGUSR1), count);
    block(SIG_UNBLOCK, SIGUSR1, 0);
    printf(" then pending %d runs %d", isPending(SIGUSR1), count);
}

static void realTimeAll(void) {
    set(SIGRTMIN + 1, noteInfo, SA_SIGINFO, 0);
    block(SIG_BLOCK, SIGRTMIN + 1, 0);
    for (int i = 1; i <= 20; i++) {
        sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = i});
    }
    block(SIG_UNBLOCK, SIGRTMIN + 1, 0);
    printf(" runs %d last value %d", count, lastInfo.si_value.sival_int);
}

static int values[64];

static void noteValue(int number, siginfo_t *info, void *context) {
    (void)context;
    values[count & 63] = info->si_value.sival_int;
    order[count++ & 63] = number - SIGRTMIN;
}

static void realTimeOrder(void) {
    for (int i = 0; i < 4; i++) {
        struct sigaction action = {.sa_sigaction = noteValue, .sa_flags = SA_SIGINFO};
        sigfillset(&action.sa_mask);
        sigaction(SIGRTMIN + i, &action, NULL);
    }
    count = 0;
    sigset_t all, old;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &old);
    for (int i = 0; i < 12; i++) {
        sigqueue(getpid(), SIGRTMIN + (i * 7) % 4, (union sigval){.sival_int = i});
    }
    sigprocmask(SIG_SETMASK, &old, NULL);
    for (int i = 0; i < count; i++) {
        printf(" %d=%d", order[i], values[i]);
    }
}

static void stackedOrder(void) {
    set(SIGUSR2, note, 0, 0);
    set(SIGHUP, note, 0, 0);
    set(SIGUSR1, note, 0, 0);
    sigset_t mask, old;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    sigaddset(&mask, SIGUSR2);
    sigaddset(&mask, SIGHUP);
    sigprocmask(SIG_BLOCK, &mask, &old);
    raise(SIGUSR1);
    raise(SIGHUP);
    raise(SIGUSR2);
    sigprocmask(SIG_SETMASK, &old, NULL);
    printOrder();
}

static void suspends(void) {
    set(SIGUSR1, noteMask, 0, 0);
    block(SIG_BLOCK, SIGUSR1, SIGTERM);
    raise(SIGUSR1);
    sigset_t wait;
    sigemptyset(&wait);
    sigaddset(&wait, SIGHUP);
    int result = sigsuspend(&wait);
    printf(" %d errno %d runs %d inside usr1 %d hup %d term %d; after usr1 %d hup %d", result,
           errno == EINTR, count, sigismember(&maskInside, SIGUSR1),
           sigismember(&maskInside, SIGHUP), sigismember(&maskInside, SIGTERM),
           isBlocked(SIGUSR1), isBlocked(SIGHUP));
    block(SIG_UNBLOCK, SIGUSR1, SIGTERM);
}

static void timedWait(void) {
    set(SIGUSR1, note, 0, 0);
    block(SIG_BLOCK, SIGUSR1, SIGRTMIN + 2);
    sigset_t wait;
    sigemptyset(&wait);
    sigaddset(&wait, SIGUSR1);
    sigaddset(&wait, SIGRTMIN + 2);
    siginfo_t info;
    struct timespec zero = {0, 0}, little = {0, 2000000}, bad = {0, 2000000000};
    int empty = sigtimedwait(&wait, &info, &zero);
    printf(" empty %d %d", empty, errno == EAGAIN);
    empty = sigtimedwait(&wait, &info, &little);
    printf(" late %d %d", empty, errno == EAGAIN);
    empty = sigtimedwait(&wait, &info, &bad);
    printf(" bad %d %d", empty, errno == EINVAL);
    sigqueue(getpid(), SIGRTMIN + 2, (union sigval){.sival_int = 7});
    sigqueue(getpid(), SIGRTMIN + 2, (union sigval){.sival_int = 8});
    raise(SIGUSR1);
    for (int i = 0; i < 3; i++) {
        int number = sigwaitinfo(&wait, &info);
        printf(" got %d code %d value %d", number == SIGUSR1 ? 1 : number - SIGRTMIN,
               info.si_code, number == SIGUSR1 ? 0 : info.si_value.sival_int);
    }
    printf(" runs %d", count);
    block(SIG_UNBLOCK, SIGUSR1, SIGRTMIN + 2);
}

static void waitsForIgnored(void) {
    signal(SIGCHLD, SIG_DFL);
    block(SIG_BLOCK, SIGCHLD, 0);
    raise(SIGCHLD);
    sigset_t wait;
    sigemptyset(&wait);
    sigaddset(&wait, SIGCHLD);
    int number = 0;
    int result = sigwait(&wait, &number);
    printf(" %d %d", result, number == SIGCHLD);
    block(SIG_UNBLOCK, SIGCHLD, 0);
}

static void actionFlags(void) {
    struct sigaction action = {.sa_handler = note, .sa_flags = 0x00001000 | SA_RESTART}, old;
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGUSR1, NULL, &old);
    printf(" unknown kept %d restart %d", (old.sa_flags & 0x1000) != 0,
           (old.sa_flags & SA_RESTART) != 0);
    sigfillset(&action.sa_mask);
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGUSR1, NULL, &old);
    printf(" kill masked %d stop %d hup %d", sigismember(&old.sa_mask, SIGKILL),
           sigismember(&old.sa_mask, SIGSTOP), sigismember(&old.sa_mask, SIGHUP));
}

static void actionErrors(void) {
    struct sigaction action = {.sa_handler = note};
    static const int numbers[] = {SIGKILL, SIGSTOP, 0, 65, -1};
    for (int i = 0; i < COUNT(numbers); i++) {
        int result = (int)syscall(SYS_rt_sigaction, numbers[i], &action, NULL, 8);
        printf(" %d", result == -1 && errno == EINVAL);
    }
    printf(" size %d", (int)syscall(SYS_rt_sigaction, SIGHUP, NULL, NULL, 4) == -1 && errno == EINVAL);
    printf(" bad %d", (int)syscall(SYS_rt_sigaction, SIGHUP, (void *)8, NULL, 8) == -1 && errno == EFAULT);
}

static void ignored(void) {
    signal(SIGUSR1, SIG_IGN);
    raise(SIGUSR1);
    block(SIG_BLOCK, SIGUSR1, 0);
    raise(SIGUSR1);
    printf(" blocked and ignored pending %d", isPending(SIGUSR1));
    signal(SIGUSR1, note);
    count = 0;
    block(SIG_UNBLOCK, SIGUSR1, 0);
    printf(" runs %d", count);
    block(SIG_BLOCK, SIGUSR1, 0);
    raise(SIGUSR1);
    signal(SIGUSR1, SIG_IGN);
    printf(" flushed %d", !isPending(SIGUSR1));
    block(SIG_UNBLOCK, SIGUSR1, 0);
}

static void brokenPipe(void) {
    int ends[2];
    if (pipe(ends)) {
        return;
    }
    close(ends[0]);
    set(SIGPIPE, noteInfo, SA_SIGINFO, 0);
    ssize_t result = write(ends[1], "x", 1);
    printf(" %zd epipe %d runs %d code %d", result, errno == EPIPE, count, lastInfo.si_code);
    signal(SIGPIPE, SIG_IGN);
    result = write(ends[1], "x", 1);
    printf(" ignored %zd epipe %d", result, errno == EPIPE);
    close(ends[1]);
}

static void continued(void) {
    set(SIGCONT, note, 0, 0);
    block(SIG_BLOCK, SIGTSTP, SIGCONT);
    raise(SIGTSTP);
    printf(" stop %d", isPending(SIGTSTP));
    raise(SIGCONT);
    printf(" stop %d cont %d", isPending(SIGTSTP), isPending(SIGCONT));
    block(SIG_UNBLOCK, SIGCONT, 0);
    printf(" runs %d", count);
    raise(SIGCONT);
    block(SIG_UNBLOCK, SIGTSTP, 0);
    printf(" runs %d", count);
}

static void aborted(void) {
    set(SIGABRT, jump, 0, 0);
    if (sigsetjmp(back, 1) == 0) {
        abort();
    }
    printf(" survived %d", count);
}

static void noRoom(void) {
    struct rlimit old, none;
    getrlimit(RLIMIT_SIGPENDING, &old);
    none = old;
    none.rlim_cur = 0;
    set(SIGUSR1, noteInfo, SA_SIGINFO, 0);
    set(SIGRTMIN + 3, noteInfo, SA_SIGINFO, 0);
    block(SIG_BLOCK, SIGUSR1, SIGRTMIN + 3);
    setrlimit(RLIMIT_SIGPENDING, &none);
    int queue = sigqueue(getpid(), SIGRTMIN + 3, (union sigval){.sival_int = 1});
    printf(" queue %d again %d", queue, errno == EAGAIN);
    int sent = kill(getpid(), SIGRTMIN + 3);
    printf(" kill %d", sent);
    raise(SIGUSR1);
    setrlimit(RLIMIT_SIGPENDING, &old);
    block(SIG_UNBLOCK, SIGRTMIN + 3, 0);
    printf(" runs %d code %d pid %d", count, lastInfo.si_code, lastInfo.si_pid);
    block(SIG_UNBLOCK, SIGUSR1, 0);
    printf(" runs %d code %d pid %d", count, lastInfo.si_code, lastInfo.si_pid);
}

static void sendErrors(void) {
    int pid = getpid(), tid = (int)syscall(SYS_gettid);
    printf(" null %d", kill(pid, 0));
    printf(" nobody %d", kill(0x3fffff, 0) == -1 && errno == ESRCH);
    printf(" number %d", kill(pid, 65) == -1 && errno == EINVAL);
    printf(" tgkill %d", (int)syscall(SYS_tgkill, pid, tid, 0));
    printf(" negative %d", syscall(SYS_tgkill, -1, tid, 0) == -1 && errno == EINVAL);
    printf(" zero %d", syscall(SYS_tkill, 0, SIGUSR1) == -1 && errno == EINVAL);
    printf(" other %d", syscall(SYS_tgkill, pid, 0x3fffff, 0) == -1 && errno == ESRCH);
    printf(" bad %d", syscall(SYS_rt_sigqueueinfo, pid, SIGUSR1, (void *)8) == -1 && errno == EFAULT);
}

static void maskErrors(void) {
    sigset_t mask;
    sigemptyset(&mask);
    printf(" how %d", syscall(SYS_rt_sigprocmask, 7, &mask, NULL, 8) == -1 && errno == EINVAL);
    printf(" size %d", syscall(SYS_rt_sigprocmask, 0, &mask, NULL, 16) == -1 && errno == EINVAL);
    printf(" bad %d", syscall(SYS_rt_sigprocmask, 0, (void *)8, NULL, 8) == -1 && errno == EFAULT);
    sigfillset(&mask);
    sigset_t old;
    sigprocmask(SIG_BLOCK, &mask, &old);
    printf(" kill %d stop %d", isBlocked(SIGKILL), isBlocked(SIGSTOP));
    sigprocmask(SIG_SETMASK, &old, NULL);
}

static void waitsWithMask(void) {
    set(SIGUSR1, noteMask, 0, 0);
    sigset_t none;
    sigemptyset(&none);
    sigaddset(&none, SIGHUP);
    int poller = epoll_create1(0);
    struct epoll_event event;
    for (int i = 0; i < 3; i++) {
        count = 0;
        block(SIG_BLOCK, SIGUSR1, 0);
        raise(SIGUSR1);
        int result = i == 0   ? ppoll(NULL, 0, NULL, &none)
                     : i == 1 ? pselect(0, NULL, NULL, NULL, NULL, &none)
                              : epoll_pwait(poller, &event, 1, -1, &none);
        printf(" %d eintr %d runs %d inside hup %d; after usr1 %d hup %d", result, errno == EINTR,
               count, sigismember(&maskInside, SIGHUP), isBlocked(SIGUSR1), isBlocked(SIGHUP));
        struct timespec zero = {0, 0};
        result = i == 0   ? ppoll(NULL, 0, &zero, &none)
                 : i == 1 ? pselect(0, NULL, NULL, NULL, &zero, &none)
                          : epoll_pwait(poller, &event, 1, 0, &none);
        printf(" then %d usr1 %d hup %d", result, isBlocked(SIGUSR1), isBlocked(SIGHUP));
        block(SIG_UNBLOCK, SIGUSR1, 0);
    }
    close(poller);
}

static void changeMask(int number, siginfo_t *info, void *context) {
    (void)info;
    note(number);
    sigaddset(&((ucontext_t *)context)->uc_sigmask, SIGHUP);
}

static void maskChanged(void) {
    set(SIGUSR1, changeMask, SA_SIGINFO, 0);
    raise(SIGUSR1);
    printf(" hup %d", isBlocked(SIGHUP));
    block(SIG_UNBLOCK, SIGHUP, 0);
}

static void changeErrno(int number) {
    note(number);
    errno = 99;
}

static void errnoKept(void) {
    set(SIGUSR1, changeErrno, 0, 0);
    errno = 5;
    raise(SIGUSR1);
    printf(" %d", errno);
}

static void byDescriptor(void) {
    block(SIG_BLOCK, SIGUSR1, SIGRTMIN + 4);
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGUSR1);
    sigaddset(&wanted, SIGRTMIN + 4);
    int file = signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC);
    struct signalfd_siginfo records[4];
    struct pollfd entry = {.fd = file, .events = POLLIN};
    printf(" empty %d poll %d", read(file, records, sizeof records) == -1 && errno == EAGAIN,
           poll(&entry, 1, 0));
    raise(SIGUSR1);
    sigqueue(getpid(), SIGRTMIN + 4, (union sigval){.sival_int = 11});
    sigqueue(getpid(), SIGRTMIN + 4, (union sigval){.sival_int = 12});
    printf(" poll %d", poll(&entry, 1, 0));
    ssize_t got = read(file, records, sizeof records);
    for (int i = 0; i < got / (int)sizeof *records; i++) {
        printf(" [%d code %d pid %d value %d]", records[i].ssi_signo == SIGUSR1,
               records[i].ssi_code, (int)records[i].ssi_pid == getpid(), records[i].ssi_int);
    }
    sigdelset(&wanted, SIGUSR1);
    printf(" same %d", signalfd(file, &wanted, 0) == file);
    raise(SIGUSR1);
    printf(" other %d", read(file, records, sizeof records) == -1 && errno == EAGAIN);
    printf(" small %d", read(file, records, 100) == -1 && errno == EINVAL);
    printf(" no file %d", signalfd(1, &wanted, 0) == -1 && errno == EINVAL);
    close(file);
    signal(SIGUSR1, SIG_IGN);
    block(SIG_UNBLOCK, SIGUSR1, SIGRTMIN + 4);
}

static void waitsForDescriptor(void) {
    block(SIG_BLOCK, SIGUSR2, 0);
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGUSR2);
    int file = signalfd(-1, &wanted, 0), poller = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN}, got;
    epoll_ctl(poller, EPOLL_CTL_ADD, file, &event);
    printf(" %d", epoll_wait(poller, &got, 1, 0));
    raise(SIGUSR2);
    printf(" %d", epoll_wait(poller, &got, 1, -1));
    struct signalfd_siginfo record;
    printf(" %d", read(file, &record, sizeof record) == sizeof record);
    printf(" %d", epoll_wait(poller, &got, 1, 0));
    close(file);
    close(poller);
    block(SIG_UNBLOCK, SIGUSR2, 0);
}

static void countsDown(int number) {
    if (++count < 2000) {
        raise(number);
    }
}

static void manyInTurn(void) {
    set(SIGUSR1, countsDown, 0, 0);
    raise(SIGUSR1);
    printf(" runs %d", count);
}

static const struct Case cases[] = {
    CASE(raised), CASE(killed), CASE(threadKilled), CASE(queued), CASE(maskWithin), CASE(noDefer),
    CASE(defer), CASE(resetHand), CASE(chain), CASE(pendingOnce), CASE(realTimeAll),
    CASE(realTimeOrder), CASE(stackedOrder), CASE(suspends), CASE(timedWait),
    CASE(waitsForIgnored), CASE(actionFlags), CASE(actionErrors), CASE(ignored), CASE(brokenPipe),
    CASE(continued), CASE(aborted), CASE(noRoom), CASE(sendErrors), CASE(maskErrors),
    CASE(waitsWithMask), CASE(maskChanged), CASE(errnoKept), CASE(byDescriptor),
    CASE(waitsForDescriptor), CASE(manyInTurn),
};

int main(int argc, char **argv) { return runCases(cases, COUNT(cases), argc, argv); }
