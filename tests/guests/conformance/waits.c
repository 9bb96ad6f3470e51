// Descriptors that wait: poll, select, epoll, timerfd, signalfd.
#include "conform.h"

static int pair[2];
static void makePipe(void) { pipe2(pair, O_NONBLOCK); }
#define REST pair[0]
static void drain(void) { char b[9]; read(pair[0], b, 9); }
static void feed(void) { write(pair[1], "x", 1); }

T(poll_basic) {
    makePipe(); struct pollfd p[2] = {{pair[0], POLLIN, 0}, {pair[1], POLLOUT, 0}}; R(poll(p, 2, 0));
    S("%x %x", p[0].revents, p[1].revents); feed(); R(poll(p, 2, -1)); S("%x %x", p[0].revents, p[1].revents);
    close(pair[1]); p[1].fd = -1; R(poll(p, 2, 0)); S("%x %x", p[0].revents, p[1].revents);
}
T(poll_errors) {
    makePipe(); struct pollfd p[2] = {{77, POLLIN, 0}, {-5, POLLIN, 7}}; R(poll(p, 2, 0));
    S("%x %x", p[0].revents, p[1].revents); R(poll(BAD, 1, 0)); R(poll(NULL, 0, 0)); R(poll(NULL, 0, 5));
    R(poll(p, 1U << 30, 0)); close(pair[0]); p[0].fd = pair[1]; p[0].events = POLLOUT; R(poll(p, 1, 0));
    S("%x", p[0].revents);
}
T(poll_file) {
    int f = make("a", ""); struct pollfd p = {f, POLLIN | POLLOUT | POLLPRI, 0}; R(poll(&p, 1, 0));
    S("%x", p.revents); p.fd = open(".", O_RDONLY); R(poll(&p, 1, 0)); S("%x", p.revents); p.events = 0;
    R(poll(&p, 1, 0));
}
T(poll_full_pipe) {
    makePipe(); char b[4096] = {0};
    while (write(pair[1], b, sizeof b) > 0) { } struct pollfd p = {pair[1], POLLOUT, 0}; R(poll(&p, 1, 0));
    read(pair[0], b, 4096); R(poll(&p, 1, 0)); S("%x", p.revents);
}
T(poll_wakes) {
    pipe(pair); pid_t child = fork(); if (!child) { usleep(1000); feed(); _exit(0);
    } struct pollfd p = {pair[0], POLLIN, 0}; R(poll(&p, 1, 10000)); S("%x", p.revents); ended(child);
}
T(ppoll_basic) {
    makePipe(); feed(); struct pollfd p = {pair[0], POLLIN, 0}; struct timespec t = {0, 0};
    R(ppoll(&p, 1, &t, NULL)); t.tv_nsec = -1; R(ppoll(&p, 1, &t, NULL)); t.tv_nsec = 1000000000;
    R(ppoll(&p, 1, &t, NULL)); sigset_t s; sigemptyset(&s); R(ppoll(&p, 1, NULL, &s));
    R(syscall(SYS_ppoll, &p, 1, NULL, &s, 3)); R(syscall(SYS_ppoll, &p, 1, BAD, NULL, 8));
}
static volatile int caughtCount;
static void caught(int n) { caughtCount += n; }
T(ppoll_signal) {
    caughtCount = 0; signal(SIGUSR1, caught); sigset_t block, none; sigemptyset(&none); sigemptyset(&block);
    sigaddset(&block, SIGUSR1); sigprocmask(SIG_BLOCK, &block, NULL); raise(SIGUSR1); R(caughtCount);
    R(ppoll(NULL, 0, NULL, &none)); R(caughtCount); sigprocmask(SIG_BLOCK, NULL, &block);
    R(sigismember(&block, SIGUSR1)); struct timespec t = {1000, 0}; raise(SIGUSR1);
    R(syscall(SYS_ppoll, NULL, 0, &t, &none, 8)); R(t.tv_sec >= 900);
}
T(select_basic) {
    makePipe(); fd_set r, w; FD_ZERO(&r); FD_ZERO(&w); FD_SET(pair[0], &r); FD_SET(pair[1], &w);
    struct timeval t = {0, 0}; R(select(10, &r, &w, NULL, &t));
    S("%d %d", FD_ISSET(pair[0], &r), FD_ISSET(pair[1], &w)); feed(); FD_SET(pair[0], &r); FD_SET(pair[1], &w);
    R(select(10, &r, &w, NULL, NULL)); S("%d %d", FD_ISSET(pair[0], &r), FD_ISSET(pair[1], &w)); FD_ZERO(&r);
    FD_SET(pair[0], &r); R(select(pair[0], &r, NULL, NULL, &t));
}
T(select_errors) {
    fd_set r; FD_ZERO(&r); FD_SET(33, &r); struct timeval t = {0, 0}; R(select(80, &r, NULL, NULL, &t));
    R(select(-1, NULL, NULL, NULL, &t)); t.tv_usec = -1; R(select(0, NULL, NULL, NULL, &t));
    R(syscall(SYS_select, 1, BAD, NULL, NULL, NULL)); R(syscall(SYS_select, 0, NULL, NULL, NULL, BAD));
    t.tv_usec = 2000000; t.tv_sec = -3; R(select(0, NULL, NULL, NULL, &t));
}
T(select_timeout) {
    makePipe(); fd_set r; FD_ZERO(&r); FD_SET(pair[0], &r); struct timeval t = {0, 2000};
    R(select(10, &r, NULL, NULL, &t)); S("%ld %ld %d", t.tv_sec, t.tv_usec, FD_ISSET(pair[0], &r));
}
T(select_hangup) {
    makePipe(); close(pair[1]); fd_set r, e; FD_ZERO(&r); FD_ZERO(&e); FD_SET(pair[0], &r); FD_SET(pair[0], &e);
    struct timeval t = {0, 0}; R(select(10, &r, NULL, &e, &t));
    S("%d %d", FD_ISSET(pair[0], &r), FD_ISSET(pair[0], &e));
}
T(pselect_basic) {
    makePipe(); feed(); fd_set r; FD_ZERO(&r); FD_SET(pair[0], &r); struct timespec t = {0, 0}; sigset_t s;
    sigemptyset(&s); R(pselect(10, &r, NULL, NULL, &t, &s)); t.tv_nsec = 1000000000;
    R(pselect(10, &r, NULL, NULL, &t, NULL));
}
T(pselect_signal) {
    caughtCount = 0; signal(SIGUSR1, caught); sigset_t block, none; sigemptyset(&none); sigemptyset(&block);
    sigaddset(&block, SIGUSR1); sigprocmask(SIG_BLOCK, &block, NULL); raise(SIGUSR1);
    R(pselect(0, NULL, NULL, NULL, NULL, &none)); R(caughtCount);
}

static int adds(int e, int fd, unsigned events) {
    struct epoll_event v = {events, {.u64 = fd * 100 + 1}}; return epoll_ctl(e, EPOLL_CTL_ADD, fd, &v);
}
static int mods(int e, int fd, unsigned events) {
    struct epoll_event v = {events, {.u64 = fd * 100 + 2}}; return epoll_ctl(e, EPOLL_CTL_MOD, fd, &v);
}
static void waits(int e) {
    struct epoll_event v[4]; int n = epoll_wait(e, v, 4, 0); say(n); for (int i = 0; i < n;
    i++) { S("%x/%ld", v[i].events, (long)v[i].data.u64); }
}
T(epoll_level) {
    makePipe(); int e = epoll_create1(0); R(adds(e, pair[0], EPOLLIN)); waits(e); feed(); waits(e); waits(e);
    drain(); waits(e); R(epoll_ctl(e, EPOLL_CTL_DEL, pair[0], NULL)); feed(); waits(e);
}
T(epoll_edge) {
    makePipe(); int e = epoll_create1(0); R(adds(e, pair[0], EPOLLIN | EPOLLET)); feed(); waits(e); waits(e);
    feed(); waits(e); waits(e); drain(); waits(e); feed(); waits(e); R(mods(e, pair[0], EPOLLIN | EPOLLET));
    waits(e);
}
T(epoll_oneshot) {
    makePipe(); int e = epoll_create1(0); R(adds(e, pair[0], EPOLLIN | EPOLLONESHOT)); feed(); waits(e);
    waits(e); feed(); waits(e); R(mods(e, pair[0], EPOLLIN | EPOLLONESHOT)); waits(e); waits(e);
}
T(epoll_out) {
    makePipe(); int e = epoll_create1(0); R(adds(e, pair[1], EPOLLOUT | EPOLLET)); waits(e); waits(e);
    close(pair[0]); waits(e); R(adds(e, eventfd(0, 0), EPOLLIN | EPOLLOUT)); waits(e);
}
T(epoll_hangup) {
    makePipe(); int e = epoll_create1(0); R(adds(e, pair[0], 0)); waits(e); close(pair[1]); waits(e); waits(e);
}
T(epoll_close_removes) {
    makePipe(); int e = epoll_create1(0); R(adds(e, pair[0], EPOLLIN)); feed(); int d = dup(pair[0]);
    close(pair[0]); waits(e); close(d); waits(e);
}
T(epoll_errors) {
    makePipe(); int e = epoll_create1(EPOLL_CLOEXEC); struct epoll_event v = {EPOLLIN, {0}};
    R(fcntl(e, F_GETFD)); R(epoll_ctl(e, EPOLL_CTL_ADD, 77, &v)); R(epoll_ctl(77, EPOLL_CTL_ADD, pair[0], &v));
    R(epoll_ctl(pair[0], EPOLL_CTL_ADD, pair[1], &v)); R(epoll_ctl(e, EPOLL_CTL_ADD, e, &v));
    R(adds(e, pair[0], EPOLLIN)); R(adds(e, pair[0], EPOLLIN)); R(epoll_ctl(e, EPOLL_CTL_MOD, pair[1], &v));
    R(epoll_ctl(e, EPOLL_CTL_DEL, pair[1], &v)); R(epoll_ctl(e, 9, pair[0], &v));
    R(epoll_ctl(e, EPOLL_CTL_ADD, pair[1], BAD)); int f = make("a", ""); R(adds(e, f, EPOLLIN));
    R(epoll_wait(e, &v, 0, 0)); R(epoll_wait(e, &v, -1, 0)); R(epoll_wait(pair[0], &v, 1, 0));
    R(epoll_wait(77, &v, 1, 0)); feed(); R(epoll_wait(e, BAD, 1, 0)); R(epoll_create(0)); R(epoll_create1(5));
    char c; R(read(e, &c, 1)); R(write(e, &c, 1));
}
T(epoll_nested) {
    makePipe(); int e = epoll_create1(0), o = epoll_create1(0); R(adds(e, pair[0], EPOLLIN));
    R(adds(o, e, EPOLLIN)); waits(o); feed(); waits(o); struct pollfd p = {e, POLLIN, 0}; R(poll(&p, 1, 0));
    R(adds(e, o, EPOLLIN)); drain(); waits(o);
}
T(epoll_max_events) {
    int e = epoll_create1(0); for (int i = 0; i < 6; i++) { int f = eventfd(1, 0); adds(e, f, EPOLLIN);
    } struct epoll_event v[6]; R(epoll_wait(e, v, 2, 0)); R(epoll_wait(e, v, 6, 0)); long sum = 0;
    for (int i = 0; i < 6; i++) { sum += v[i].data.u64; } R(sum);
}
T(epoll_round_robin) {
    int e = epoll_create1(0); for (int i = 0; i < 3; i++) { adds(e, eventfd(1, 0), EPOLLIN);
    } struct epoll_event v; long seen = 0; for (int i = 0; i < 3; i++) { epoll_wait(e, &v, 1, 0);
    seen |= 1L << (v.data.u64 / 100); } S("%lx", seen);
}
T(epoll_timeout) {
    int e = epoll_create1(0); struct epoll_event v; R(epoll_wait(e, &v, 1, 3));
    struct timespec t = {0, 1000000}; R(syscall(441, e, &v, 1, &t, NULL, 8)); t.tv_nsec = -1;
    R(syscall(441, e, &v, 1, &t, NULL, 8));
}
T(epoll_pwait_signal) {
    caughtCount = 0; signal(SIGUSR1, caught); sigset_t block, none; sigemptyset(&none); sigemptyset(&block);
    sigaddset(&block, SIGUSR1); sigprocmask(SIG_BLOCK, &block, NULL); raise(SIGUSR1); int e = epoll_create1(0);
    struct epoll_event v; R(epoll_pwait(e, &v, 1, -1, &none)); R(caughtCount);
}
T(epoll_exclusive) {
    makePipe(); int e = epoll_create1(0); R(adds(e, pair[0], EPOLLIN | EPOLLEXCLUSIVE)); feed(); waits(e);
    R(mods(e, pair[0], EPOLLIN)); R(adds(e, pair[1], EPOLLIN | EPOLLONESHOT | EPOLLEXCLUSIVE));
}
T(epoll_fork) {
    makePipe(); int e = epoll_create1(0); adds(e, pair[0], EPOLLIN); pid_t child = fork();
    if (!child) { struct epoll_event v; _exit(epoll_wait(e, &v, 1, 10000) == 1 ? (int)v.data.u64 & 127 : 0);
    } feed(); ended(child); waits(e);
}

static struct itimerspec in(long firstNs, long periodNs) {
    struct itimerspec t = {{0, periodNs}, {0, firstNs}}; return t;
}
T(timerfd_basic) {
    int t = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC); struct itimerspec s = in(1000000, 0), o;
    uint64_t n = 0; R(fcntl(t, F_GETFD)); R(timerfd_settime(t, 0, &s, &o));
    S("%ld %ld", o.it_value.tv_sec, o.it_value.tv_nsec); R(read(t, &n, 8)); R(n); R(timerfd_gettime(t, &o));
    S("%ld %ld", o.it_value.tv_sec, o.it_value.tv_nsec);
}
T(timerfd_nonblock) {
    int t = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK); uint64_t n; R(read(t, &n, 8));
    struct itimerspec s = {{0, 0}, {100, 0}}, o; R(timerfd_settime(t, 0, &s, NULL)); R(read(t, &n, 8));
    R(timerfd_gettime(t, &o)); R(o.it_value.tv_sec >= 90); s.it_value.tv_sec = 0;
    R(timerfd_settime(t, 0, &s, &o)); R(o.it_value.tv_sec >= 90); R(read(t, &n, 7));
    struct pollfd p = {t, POLLIN, 0}; R(poll(&p, 1, 0));
}
T(timerfd_periodic) {
    int t = timerfd_create(CLOCK_MONOTONIC, 0); struct itimerspec s = in(1000000, 1000000), o; uint64_t n = 0;
    timerfd_settime(t, 0, &s, NULL); usleep(5500); R(read(t, &n, 8)); R(n >= 5); R(timerfd_gettime(t, &o));
    S("%ld %d", o.it_interval.tv_nsec, o.it_value.tv_nsec > 0);
}
T(timerfd_absolute) {
    int t = timerfd_create(CLOCK_REALTIME, 0); struct itimerspec s = {{0, 0}, {5, 0}}; uint64_t n = 0;
    R(timerfd_settime(t, TFD_TIMER_ABSTIME, &s, NULL)); R(read(t, &n, 8)); R(n);
}
T(timerfd_errors) {
    R(timerfd_create(99, 0)); R(timerfd_create(CLOCK_MONOTONIC, 4));
    R(timerfd_create(CLOCK_PROCESS_CPUTIME_ID, 0)); int t = timerfd_create(CLOCK_MONOTONIC, 0);
    struct itimerspec s = {{0, 0}, {0, 1000000000}}; R(timerfd_settime(t, 0, &s, NULL));
    s.it_value.tv_nsec = -1; R(timerfd_settime(t, 0, &s, NULL)); s.it_value.tv_nsec = 1;
    R(timerfd_settime(t, 64, &s, NULL)); R(timerfd_settime(77, 0, &s, NULL));
    R(timerfd_settime(0, 0, &s, NULL)); R(timerfd_settime(t, 0, BAD, NULL)); R(timerfd_gettime(t, BAD));
    R(timerfd_gettime(77, &s)); R(write(t, &s, 8)); R(lseek(t, 0, SEEK_SET));
}
T(timerfd_poll) {
    int t = timerfd_create(CLOCK_MONOTONIC, 0); struct itimerspec s = in(2000000, 0);
    timerfd_settime(t, 0, &s, NULL); struct pollfd p = {t, POLLIN, 0}; R(poll(&p, 1, 0)); R(poll(&p, 1, 10000));
    S("%x", p.revents); uint64_t n; read(t, &n, 8); R(poll(&p, 1, 0));
}

T(signalfd_basic) {
    sigset_t s; sigemptyset(&s); sigaddset(&s, SIGUSR1); sigprocmask(SIG_BLOCK, &s, NULL);
    int f = signalfd(-1, &s, SFD_NONBLOCK | SFD_CLOEXEC); struct signalfd_siginfo i; R(fcntl(f, F_GETFD));
    R(read(f, &i, sizeof i)); raise(SIGUSR1); struct pollfd p = {f, POLLIN, 0}; R(poll(&p, 1, 0));
    R(read(f, &i, sizeof i)); S("%d %d %d", i.ssi_signo, i.ssi_code, i.ssi_pid == (unsigned)getpid());
    R(read(f, &i, sizeof i)); R(read(f, &i, 10)); union sigval v = {.sival_int = 42};
    R(sigqueue(getpid(), SIGUSR1, v)); R(read(f, &i, sizeof i)); S("%d %d", i.ssi_code, i.ssi_int);
}
T(signalfd_errors) {
    sigset_t s; sigemptyset(&s); R(signalfd(-1, &s, 64)); R(signalfd(0, &s, 0)); R(signalfd(77, &s, 0));
    R(syscall(SYS_signalfd4, -1, BAD, 8, 0)); R(syscall(SYS_signalfd4, -1, &s, 4, 0));
    int f = signalfd(-1, &s, 0); R(f >= 0); R(signalfd(f, &s, 0) == f); R(write(f, "x", 1));
}
T(signalfd_change) {
    sigset_t s, b; sigemptyset(&s); sigaddset(&s, SIGUSR1); sigemptyset(&b); sigaddset(&b, SIGUSR1);
    sigaddset(&b, SIGUSR2); sigprocmask(SIG_BLOCK, &b, NULL); int f = signalfd(-1, &s, SFD_NONBLOCK);
    raise(SIGUSR2); struct signalfd_siginfo i[3]; R(read(f, i, sizeof i)); sigaddset(&s, SIGUSR2);
    R(signalfd(f, &s, 0) == f); raise(SIGUSR1); R(read(f, i, sizeof i));
    S("%d %d", i[0].ssi_signo, i[1].ssi_signo);
}
T(signalfd_child) {
    sigset_t s; sigemptyset(&s); sigaddset(&s, SIGCHLD); sigprocmask(SIG_BLOCK, &s, NULL);
    int f = signalfd(-1, &s, 0); pid_t child = fork(); if (!child) { _exit(5); } struct signalfd_siginfo i;
    R(read(f, &i, sizeof i));
    S("%d %d %d %d", i.ssi_signo, i.ssi_code, i.ssi_pid == (unsigned)child, i.ssi_status); ended(child);
}
