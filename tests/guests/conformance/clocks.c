// Clocks, sleeps and timers. Nothing depends on how fast the machine is.
#include "conform.h"
#include <sys/timex.h>
#include <sys/times.h>

static long ns(clockid_t c) {
    struct timespec t; clock_gettime(c, &t); return t.tv_sec * 1000000000L + t.tv_nsec;
}

T(gettime_clocks) {
    struct timespec t;
    int ids[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID,
    CLOCK_MONOTONIC_RAW, CLOCK_REALTIME_COARSE, CLOCK_MONOTONIC_COARSE, CLOCK_BOOTTIME, CLOCK_TAI};
    for (unsigned i = 0; i < sizeof ids / sizeof *ids; i++) { R(syscall(SYS_clock_gettime, ids[i], &t));
    R(t.tv_nsec >= 0 && t.tv_nsec < 1000000000); }
}
T(gettime_errors) {
    struct timespec t; R(syscall(SYS_clock_gettime, 99, &t)); R(syscall(SYS_clock_gettime, 1, BAD));
    R(syscall(SYS_clock_getres, 99, &t)); R(syscall(SYS_clock_getres, 1, NULL));
    R(syscall(SYS_clock_getres, 1, BAD)); R(syscall(SYS_clock_gettime, 16, &t));
}
T(getres) {
    struct timespec t; R(clock_getres(CLOCK_MONOTONIC, &t)); S("%ld %ld", t.tv_sec, t.tv_nsec);
    R(clock_getres(CLOCK_REALTIME, &t)); S("%ld", t.tv_nsec); R(clock_getres(CLOCK_PROCESS_CPUTIME_ID, &t));
    S("%ld", t.tv_nsec);
}
T(clocks_go_forward) {
    int bad = 0; for (int c = 0; c < 2; c++) { long last = ns(c); for (int i = 0; i < 1000;
    i++) { long now = ns(c); bad += now < last; last = now; } } R(bad);
}
T(settime_refused) {
    struct timespec t = {1000, 0}; R(clock_settime(CLOCK_REALTIME, &t)); R(clock_settime(CLOCK_MONOTONIC, &t));
    struct timeval v = {1000, 0}; R(settimeofday(&v, NULL));
}
T(gettimeofday_basic) {
    struct timeval v; struct timezone z; R(syscall(SYS_gettimeofday, &v, &z));
    R(v.tv_usec >= 0 && v.tv_usec < 1000000); R(syscall(SYS_gettimeofday, NULL, NULL));
    R(syscall(SYS_gettimeofday, BAD, NULL)); time_t a = 0; R(syscall(SYS_time, &a) == a);
    R(syscall(SYS_time, BAD)); R(labs(v.tv_sec - a) <= 1);
}
T(nanosleep_basic) {
    struct timespec t = {0, 2000000}; long a = ns(CLOCK_MONOTONIC); R(nanosleep(&t, NULL));
    R(ns(CLOCK_MONOTONIC) - a >= 2000000); t.tv_nsec = 1000000000; R(nanosleep(&t, NULL)); t.tv_nsec = -1;
    R(nanosleep(&t, NULL)); t.tv_nsec = 0; t.tv_sec = -1; R(nanosleep(&t, NULL)); R(nanosleep(BAD, NULL));
    t.tv_sec = 0; R(nanosleep(&t, BAD));
}
static volatile int caughtCount;
static void caught(int n) { (void)n; caughtCount++; }
static void in(long us) { struct itimerval t = {{0, us}, {0, us}}; setitimer(ITIMER_REAL, &t, NULL); }
T(nanosleep_interrupted) {
    signal(SIGALRM, caught); caughtCount = 0; in(2000); struct timespec t = {100, 0}, r = {0, 0};
    R(nanosleep(&t, &r)); R(r.tv_sec >= 90); R(caughtCount > 0);
}
T(clock_nanosleep_basic) {
    struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); long a = ns(CLOCK_MONOTONIC); t.tv_nsec += 1000000;
    if (t.tv_nsec >= 1000000000) { t.tv_nsec -= 1000000000; t.tv_sec++;
    } R(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL)); R(ns(CLOCK_MONOTONIC) - a >= 1000000);
    R(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL));
    R(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &t, NULL)); R(clock_nanosleep(99, 0, &t, NULL));
    t.tv_nsec = -4; R(clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL)); struct timespec p = {5, 0};
    R(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &p, NULL));
}
T(clock_nanosleep_interrupted) {
    signal(SIGALRM, caught); in(2000); struct timespec t = {100, 0}, r = {7, 7};
    R(clock_nanosleep(CLOCK_MONOTONIC, 0, &t, &r)); R(r.tv_sec >= 90 || r.tv_sec == 7);
    clock_gettime(CLOCK_MONOTONIC, &t); t.tv_sec += 100; r.tv_sec = 7; in(2000);
    R(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, &r)); R(r.tv_sec);
}
T(times_basic) {
    struct tms t; R(syscall(SYS_times, &t) != -1); R(t.tms_utime >= 0); R(t.tms_cutime);
    R(syscall(SYS_times, BAD)); R(sysconf(_SC_CLK_TCK));
}
T(getrusage_basic) {
    struct rusage u; R(getrusage(RUSAGE_SELF, &u)); R(u.ru_utime.tv_usec < 1000000); R(u.ru_maxrss > 0);
    R(getrusage(RUSAGE_CHILDREN, &u)); R(getrusage(RUSAGE_THREAD, &u)); R(getrusage(9, &u));
    R(getrusage(RUSAGE_SELF, BAD));
}
T(cpu_clock_moves) {
    long a = ns(CLOCK_PROCESS_CPUTIME_ID), b = ns(CLOCK_THREAD_CPUTIME_ID); for (volatile int i = 0; i < 100000;
    i++) { } R(ns(CLOCK_PROCESS_CPUTIME_ID) > a); R(ns(CLOCK_THREAD_CPUTIME_ID) > b);
}
T(cpu_clock_sleeps) {
    long a = ns(CLOCK_PROCESS_CPUTIME_ID); struct timespec t = {0, 30000000}; nanosleep(&t, NULL);
    R(ns(CLOCK_PROCESS_CPUTIME_ID) - a < 30000000);
}
T(process_clock_of_child) {
    clockid_t c; R(clock_getcpuclockid(getpid(), &c)); R(ns(c) > 0); R(clock_getcpuclockid(1 << 22, &c));
}

T(itimer_real) {
    signal(SIGALRM, caught); caughtCount = 0; struct itimerval t = {{0, 1000}, {0, 1000}}, o;
    R(setitimer(ITIMER_REAL, &t, NULL)); while (caughtCount < 3) { pause(); } R(getitimer(ITIMER_REAL, &o));
    S("%ld", o.it_interval.tv_usec); t.it_value.tv_usec = t.it_interval.tv_usec = 0;
    R(setitimer(ITIMER_REAL, &t, &o)); S("%ld", o.it_interval.tv_usec); R(getitimer(ITIMER_REAL, &o));
    S("%ld", o.it_value.tv_usec);
}
T(itimer_cpu) {
    signal(SIGVTALRM, caught); signal(SIGPROF, caught); caughtCount = 0;
    struct itimerval t = {{0, 0}, {0, 1000}}; R(setitimer(ITIMER_VIRTUAL, &t, NULL));
    while (!caughtCount) { } R(setitimer(ITIMER_PROF, &t, NULL)); while (caughtCount < 2) { } R(caughtCount);
}
T(itimer_errors) {
    struct itimerval t = {{0, 0}, {0, 1000000}}; R(setitimer(ITIMER_REAL, &t, NULL)); t.it_value.tv_usec = -1;
    R(setitimer(ITIMER_REAL, &t, NULL)); R(setitimer(9, &t, NULL));
    R(syscall(SYS_setitimer, ITIMER_REAL, BAD, NULL)); R(getitimer(9, &t)); R(getitimer(ITIMER_REAL, BAD));
    R(syscall(SYS_setitimer, ITIMER_REAL, NULL, NULL));
}
T(alarm_basic) {
    signal(SIGALRM, caught); R(alarm(10)); R(alarm(20) >= 5); struct itimerval o; getitimer(ITIMER_REAL, &o);
    R(o.it_value.tv_sec >= 10); R(alarm(0) > 0); R(alarm(0));
}
T(alarm_kills) { pid_t c = fork(); if (!c) { in(500); pause(); _exit(0); } ended(c); }

static timer_t timer;
static int makeTimer(clockid_t clock, int notify, int number) {
    struct sigevent e; memset(&e, 0, sizeof e); e.sigev_notify = notify; e.sigev_signo = number;
    e.sigev_value.sival_int = 77; return timer_create(clock, &e, &timer);
}
T(timer_basic) {
    sigset_t s; sigemptyset(&s); sigaddset(&s, SIGUSR1); sigprocmask(SIG_BLOCK, &s, NULL);
    R(makeTimer(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGUSR1)); struct itimerspec t = {{0, 0}, {0, 1000000}}, o;
    R(timer_settime(timer, 0, &t, &o)); S("%ld", o.it_value.tv_nsec); siginfo_t i; R(sigwaitinfo(&s, &i));
    S("%d %d %d", i.si_code, i.si_value.sival_int, i.si_overrun); R(timer_gettime(timer, &o));
    S("%ld %ld", o.it_value.tv_sec, o.it_value.tv_nsec); R(timer_delete(timer));
    R(timer_settime(timer, 0, &t, NULL)); R(timer_delete(timer));
}
T(timer_overrun) {
    sigset_t s; sigemptyset(&s); sigaddset(&s, SIGUSR1); sigprocmask(SIG_BLOCK, &s, NULL);
    makeTimer(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGUSR1); struct itimerspec t = {{0, 1000000}, {0, 1000000}};
    R(timer_settime(timer, 0, &t, NULL)); usleep(5500); siginfo_t i; R(sigwaitinfo(&s, &i));
    R(i.si_overrun >= 4); R(timer_getoverrun(timer) >= 4); R(timer_delete(timer));
}
T(timer_none) {
    R(makeTimer(CLOCK_MONOTONIC, SIGEV_NONE, 0)); struct itimerspec t = {{0, 0}, {100, 0}}, o;
    R(timer_settime(timer, 0, &t, NULL)); R(timer_gettime(timer, &o)); R(o.it_value.tv_sec >= 90);
    R(timer_getoverrun(timer)); R(timer_delete(timer));
}
T(timer_default_event) {
    sigset_t s; sigemptyset(&s); sigaddset(&s, SIGALRM); sigprocmask(SIG_BLOCK, &s, NULL);
    R(timer_create(CLOCK_REALTIME, NULL, &timer)); struct itimerspec t = {{0, 0}, {5, 0}};
    R(timer_settime(timer, TIMER_ABSTIME, &t, NULL)); siginfo_t i; R(sigwaitinfo(&s, &i)); S("%d", i.si_code);
    timer_delete(timer);
}
T(timer_errors) {
    R(makeTimer(99, SIGEV_SIGNAL, SIGUSR1)); R(makeTimer(CLOCK_MONOTONIC, 99, SIGUSR1));
    R(makeTimer(CLOCK_MONOTONIC, SIGEV_SIGNAL, 99)); struct itimerspec t = {{0, 0}, {0, 1000000000}};
    R(syscall(SYS_timer_settime, 12345, 0, &t, NULL)); R(syscall(SYS_timer_gettime, 12345, &t));
    R(syscall(SYS_timer_getoverrun, 12345)); R(syscall(SYS_timer_delete, 12345));
    makeTimer(CLOCK_MONOTONIC, SIGEV_NONE, 0); R(timer_settime(timer, 0, &t, NULL)); int id = 0;
    R(syscall(SYS_timer_create, CLOCK_MONOTONIC, BAD, &id));
    R(syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, BAD));
}
T(timer_thread_clock) {
    sigset_t s; sigemptyset(&s); sigaddset(&s, SIGUSR1); sigprocmask(SIG_BLOCK, &s, NULL);
    R(makeTimer(CLOCK_THREAD_CPUTIME_ID, SIGEV_SIGNAL, SIGUSR1)); struct itimerspec t = {{0, 0}, {0, 1000000}};
    R(timer_settime(timer, 0, &t, NULL)); sigset_t p; do { sigpending(&p); } while (!sigismember(&p, SIGUSR1));
    siginfo_t i; R(sigwaitinfo(&s, &i)); S("%d", i.si_code); timer_delete(timer);
}
T(timer_not_inherited) {
    makeTimer(CLOCK_MONOTONIC, SIGEV_NONE, 0); pid_t c = fork(); if (!c) { struct itimerspec o;
    R(timer_gettime(timer, &o)); _exit(0); } ended(c); timer_delete(timer);
}
T(adjtimex_reads) {
    struct timex x; memset(&x, 0, sizeof x); R(adjtimex(&x) >= 0); x.modes = ADJ_FREQUENCY; R(adjtimex(&x));
    R(adjtimex(BAD));
}
