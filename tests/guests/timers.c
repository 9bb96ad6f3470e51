// Timers that send signals: alarm, setitimer, timer_create. What depends on how fast a machine is, is
// only said to be within bounds that hold on any.
#define _GNU_SOURCE
#include "signals.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int64_t nanoseconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void milliseconds(struct itimerval *value, int first, int interval) {
    *value = (struct itimerval){{interval / 1000, interval % 1000 * 1000},
                                {first / 1000, first % 1000 * 1000}};
}

// Not pause(): the signal may come before.
static void awaitSignal(void) {
    while (!count) {
        struct timespec little = {0, 300000};
        nanosleep(&little, NULL);
    }
}

static void alarms(void) {
    set(SIGALRM, noteInfo, SA_SIGINFO, 0);
    printf(" none %d", alarm(100));
    printf(" replaced %d", alarm(200) >= 99);
    printf(" canceled %d", alarm(0) >= 199);
    printf(" none %d", alarm(0));
    struct itimerval soon;
    milliseconds(&soon, 5, 0);
    int64_t from = nanoseconds(CLOCK_MONOTONIC);
    block(SIG_BLOCK, SIGALRM, 0);
    setitimer(ITIMER_REAL, &soon, NULL);
    sigset_t none;
    sigemptyset(&none);
    int result = sigsuspend(&none);
    int64_t took = nanoseconds(CLOCK_MONOTONIC) - from;
    block(SIG_UNBLOCK, SIGALRM, 0);
    printf(" suspended %d %d runs %d code %d late enough %d", result, errno == EINTR, count,
           lastInfo.si_code, took >= 5000000);
    struct itimerval now;
    getitimer(ITIMER_REAL, &now);
    printf(" left %ld", now.it_value.tv_sec * 1000000 + now.it_value.tv_usec);
}

static void periodic(void) {
    set(SIGALRM, note, 0, 0);
    struct itimerval every, old;
    milliseconds(&every, 3, 2);
    int64_t from = nanoseconds(CLOCK_MONOTONIC);
    setitimer(ITIMER_REAL, &every, NULL);
    while (count < 10) {
        pause();
    }
    int64_t took = nanoseconds(CLOCK_MONOTONIC) - from;
    milliseconds(&every, 0, 0);
    setitimer(ITIMER_REAL, &every, &old);
    printf(" runs %d late enough %d interval %ld", count, took >= 21000000, old.it_interval.tv_usec);
}

static void intervalErrors(void) {
    struct itimerval value = {{0, 0}, {0, 2000000}};
    printf(" %d", setitimer(ITIMER_REAL, &value, NULL) == -1 && errno == EINVAL);
    printf(" %d", syscall(SYS_setitimer, 7, NULL, NULL) == -1 && errno == EINVAL);
    printf(" %d", syscall(SYS_getitimer, 0, (void *)8) == -1 && errno == EFAULT);
}

static volatile uint64_t work;

static int64_t burn(int64_t span) {
    int64_t from = nanoseconds(CLOCK_PROCESS_CPUTIME_ID), now;
    do {
        for (int i = 0; i < 200; i++) {
            work = work * 6364136223846793005ULL + 1;
        }
        now = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
    } while (now - from < span);
    return now - from;
}

static void expectProfile(int which, int number) {
    set(number, note, SA_RESTART, 0);
    struct itimerval every;
    milliseconds(&every, 10, 10);
    setitimer(which, &every, NULL);
    int64_t used = 0;
    do { // Of some kernels' clock calls little is the program's own time.
        used += burn(60000000);
    } while (count < 2 && used < 3000000000);
    milliseconds(&every, 0, 0);
    setitimer(which, &every, NULL);
    printf(" some %d not many more %d", count >= 2, count <= used / 5000000 + 5);
}

static void profile(void) { expectProfile(ITIMER_PROF, SIGPROF); }

static void virtualTimer(void) { expectProfile(ITIMER_VIRTUAL, SIGVTALRM); }

// While the process sleeps its CPU time stands.
static void profileSleeps(void) {
    set(SIGPROF, note, 0, 0);
    struct itimerval every;
    milliseconds(&every, 50, 50);
    setitimer(ITIMER_PROF, &every, NULL);
    struct timespec pause = {0, 60000000};
    int result = nanosleep(&pause, NULL);
    milliseconds(&every, 0, 0);
    setitimer(ITIMER_PROF, &every, NULL);
    printf(" %d runs %d", result, count);
}

static timer_t create(clockid_t clock, int notify, int number, int value) {
    struct sigevent event;
    memset(&event, 0, sizeof event);
    event.sigev_notify = notify;
    event.sigev_signo = number;
    event.sigev_value.sival_int = value;
    timer_t timer;
    if (timer_create(clock, &event, &timer)) {
        printf(" errno %d", errno);
    }
    return timer;
}

static void arm(timer_t timer, int flags, int64_t first, int64_t interval) {
    struct itimerspec value = {{interval / 1000000000, interval % 1000000000},
                               {first / 1000000000, first % 1000000000}};
    timer_settime(timer, flags, &value, NULL);
}

static void single(void) {
    set(SIGRTMIN, noteInfo, SA_SIGINFO, 0);
    timer_t timer = create(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGRTMIN, 77);
    arm(timer, 0, 500000000000, 0);
    struct itimerspec now;
    timer_gettime(timer, &now);
    printf(" armed %d", now.it_value.tv_sec > 400 && now.it_value.tv_sec <= 500);
    arm(timer, 0, 4000000, 0);
    awaitSignal();
    timer_gettime(timer, &now);
    printf(" runs %d code %d value %d overrun %d left %ld getoverrun %d", count, lastInfo.si_code,
           lastInfo.si_value.sival_int, lastInfo.si_overrun, now.it_value.tv_nsec,
           timer_getoverrun(timer));
    printf(" delete %d", timer_delete(timer));
    printf(" again %d", timer_delete(timer) == -1 && errno == EINVAL);
}

static void absolute(void) {
    set(SIGRTMIN, noteInfo, SA_SIGINFO, 0);
    static const clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME};
    for (int i = 0; i < COUNT(clocks); i++) {
        count = 0;
        timer_t timer = create(clocks[i], SIGEV_SIGNAL, SIGRTMIN, i);
        int64_t until = nanoseconds(clocks[i]) + 3000000;
        arm(timer, TIMER_ABSTIME, until, 0);
        awaitSignal();
        printf(" [%d %d]", lastInfo.si_value.sival_int, nanoseconds(clocks[i]) >= until);
        count = 0;
        arm(timer, TIMER_ABSTIME, 1000, 0); // Long ago.
        awaitSignal();
        timer_delete(timer);
    }
}

static void overruns(void) {
    set(SIGRTMIN, noteInfo, SA_SIGINFO, 0);
    block(SIG_BLOCK, SIGRTMIN, 0);
    timer_t timer = create(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGRTMIN, 5);
    arm(timer, 0, 1000000, 1000000);
    struct timespec pause = {0, 20500000};
    nanosleep(&pause, NULL);
    sigset_t wait;
    sigemptyset(&wait);
    sigaddset(&wait, SIGRTMIN);
    siginfo_t info;
    sigwaitinfo(&wait, &info);
    printf(" many %d same %d", info.si_overrun >= 19, info.si_overrun == timer_getoverrun(timer));
    timer_delete(timer);
    struct timespec none = {0, 0};
    while (sigtimedwait(&wait, &info, &none) > 0) {
    }
    block(SIG_UNBLOCK, SIGRTMIN, 0);
    printf(" runs %d", count);
}

static void silent(void) {
    timer_t timer = create(CLOCK_MONOTONIC, SIGEV_NONE, 0, 0);
    arm(timer, 0, 500000000000, 0);
    struct itimerspec now;
    timer_gettime(timer, &now);
    printf(" long %d", now.it_value.tv_sec >= 490);
    arm(timer, 0, 1000000, 0);
    struct timespec pause = {0, 3000000};
    nanosleep(&pause, NULL);
    timer_gettime(timer, &now);
    printf(" over %ld", now.it_value.tv_sec * 1000000000 + now.it_value.tv_nsec);
    timer_delete(timer);
}

static void cpuTimer(void) {
    set(SIGRTMIN + 1, noteInfo, SA_SIGINFO | SA_RESTART, 0);
    timer_t timer = create(CLOCK_PROCESS_CPUTIME_ID, SIGEV_SIGNAL, SIGRTMIN + 1, 0);
    arm(timer, 0, 20000000, 0);
    int64_t used = burn(40000000);
    printf(" runs %d %d", count, used >= 40000000);
    timer_delete(timer);
}

static void severalSame(void) { // Two timers of one standard signal do not merge.
    set(SIGUSR1, noteInfo, SA_SIGINFO, 0);
    block(SIG_BLOCK, SIGUSR1, 0);
    timer_t first = create(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGUSR1, 1);
    timer_t second = create(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGUSR1, 2);
    arm(first, 0, 1000000, 0);
    arm(second, 0, 2000000, 0);
    struct timespec pause = {0, 10000000};
    nanosleep(&pause, NULL);
    block(SIG_UNBLOCK, SIGUSR1, 0);
    printf(" runs %d", count);
    timer_delete(first);
    timer_delete(second);
}

static void createErrors(void) {
    struct sigevent event;
    memset(&event, 0, sizeof event);
    timer_t timer;
    event.sigev_notify = 17;
    printf(" notify %d", syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer) == -1 && errno == EINVAL);
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = 99;
    printf(" signal %d", syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer) == -1 && errno == EINVAL);
    printf(" clock %d", syscall(SYS_timer_create, 55, NULL, &timer) == -1 && errno == EINVAL);
    printf(" raw %d", syscall(SYS_timer_create, CLOCK_MONOTONIC_RAW, NULL, &timer) == -1 && errno == EOPNOTSUPP);
    printf(" gettime %d", syscall(SYS_timer_gettime, 4711, &event) == -1 && errno == EINVAL);
}

static pthread_t workerThread;
static volatile int byThread, wrongThread;

static void countThread(int number) {
    (void)number;
    if (pthread_equal(pthread_self(), workerThread)) {
        byThread++;
    } else {
        wrongThread++;
    }
}

static void *armsForItself(void *argument) {
    workerThread = pthread_self();
    struct sigevent event;
    memset(&event, 0, sizeof event);
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = SIGRTMIN + 2;
    ((int *)&event.sigev_signo)[2] = (int)syscall(SYS_gettid);
    int timer;
    if (syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer)) {
        return argument;
    }
    struct itimerspec every = {{0, 1000000}, {0, 1000000}};
    syscall(SYS_timer_settime, timer, 0, &every, NULL);
    while (byThread < 5) {
        struct timespec pause = {1000, 0};
        nanosleep(&pause, NULL);
    }
    syscall(SYS_timer_delete, timer);
    return argument;
}

static void toThread(void) {
    set(SIGRTMIN + 2, countThread, 0, 0);
    pthread_t thread;
    pthread_create(&thread, NULL, armsForItself, NULL);
    pthread_join(thread, NULL);
    printf(" %d wrong %d", byThread >= 5, wrongThread);
}

static volatile int notified;

static void notify(union sigval value) {
    if (value.sival_int == 4) {
        __atomic_add_fetch(&notified, 1, __ATOMIC_SEQ_CST);
    }
}

static void inNewThread(void) {
    struct sigevent event;
    memset(&event, 0, sizeof event);
    event.sigev_notify = SIGEV_THREAD;
    event.sigev_notify_function = notify;
    event.sigev_value.sival_int = 4;
    timer_t timer;
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    arm(timer, 0, 2000000, 2000000);
    while (notified < 3) {
        struct timespec pause = {0, 1000000};
        nanosleep(&pause, NULL);
    }
    timer_delete(timer);
    printf(" %d", notified >= 3);
}

// A computation that a timer interrupts a few hundred times comes to the same result.
__attribute__((noinline)) static uint64_t compute(volatile uint64_t *seed) {
    uint64_t a = *seed, b = 2;
    double x = 1.5;
    for (int i = 0; i < 1000000; i++) {
        a = a * 2862933555777941757ULL + b;
        b ^= a >> 13;
        x = x * 1.0000001 + (double)(a & 7);
    }
    return a ^ b ^ (uint64_t)x;
}

static void interrupted(void) {
    volatile uint64_t seed = 1;
    uint64_t plain = compute(&seed);
    set(SIGALRM, note, SA_RESTART, 0);
    struct itimerval every = {{0, 50}, {0, 50}};
    setitimer(ITIMER_REAL, &every, NULL);
    uint64_t again = compute(&seed);
    every = (struct itimerval){{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &every, NULL);
    printf(" same %d often %d", plain == again, count > 10);
}

static void raceFree(void) { // An alarm behind a mask that only sigsuspend lifts.
    set(SIGALRM, note, 0, 0);
    sigset_t none;
    sigemptyset(&none);
    block(SIG_BLOCK, SIGALRM, 0);
    for (int i = 0; i < 20; i++) {
        struct itimerval soon;
        milliseconds(&soon, 1, 0);
        setitimer(ITIMER_REAL, &soon, NULL);
        sigsuspend(&none);
    }
    block(SIG_UNBLOCK, SIGALRM, 0);
    printf(" runs %d", count);
}

static const struct Case cases[] = {
    CASE(alarms), CASE(periodic), CASE(intervalErrors), CASE(profile), CASE(virtualTimer),
    CASE(profileSleeps), CASE(single), CASE(absolute), CASE(overruns), CASE(silent), CASE(cpuTimer),
    CASE(severalSame), CASE(createErrors), CASE(toThread), CASE(inNewThread), CASE(interrupted),
    CASE(raceFree),
};

int main(int argc, char **argv) { return runCases(cases, COUNT(cases), argc, argv); }
