// Signals: sent, blocked, taken, and what they do to calls.
#include "conform.h"
#include <setjmp.h>

static volatile int order[64], taken;
static volatile siginfo_t last;
static void note(int n) { order[taken++ & 63] = n; }
static void noteInfo(int n, siginfo_t *i, void *c) { (void)c; note(n); last = *i; }
static void set(int n, int flags, int masked) {
    struct sigaction a; memset(&a, 0, sizeof a); if (flags & SA_SIGINFO) { a.sa_sigaction = noteInfo;
    } else { a.sa_handler = note; } a.sa_flags = flags; if (masked) { sigaddset(&a.sa_mask, masked);
    } sigaction(n, &a, NULL); taken = 0;
}
static void printOrder(void) { for (int i = 0; i < taken; i++) { S("%d", order[i]); } }
static sigset_t of(int a, int b) {
    sigset_t s; sigemptyset(&s); if (a) { sigaddset(&s, a); } if (b) { sigaddset(&s, b); } return s;
}
static void blocks(int how, int a, int b) { sigset_t s = of(a, b); sigprocmask(how, &s, NULL); }
static void in(long us) { struct itimerval t = {{0, us}, {0, us}}; setitimer(ITIMER_REAL, &t, NULL); }

T(action_old) {
    struct sigaction a, o; memset(&a, 0, sizeof a); a.sa_handler = note; a.sa_flags = SA_RESTART | SA_NODEFER;
    sigaddset(&a.sa_mask, SIGUSR2); R(sigaction(SIGUSR1, &a, &o)); R(o.sa_handler == SIG_DFL);
    R(sigaction(SIGUSR1, NULL, &o));
    S("%d %x %d", o.sa_handler == note, o.sa_flags & 0x7fffffff & ~0x4000000, sigismember(&o.sa_mask, SIGUSR2));
}
T(action_errors) {
    struct sigaction a; memset(&a, 0, sizeof a); R(syscall(SYS_rt_sigaction, SIGKILL, &a, NULL, 8));
    R(syscall(SYS_rt_sigaction, SIGSTOP, &a, NULL, 8)); R(syscall(SYS_rt_sigaction, SIGKILL, NULL, &a, 8));
    R(syscall(SYS_rt_sigaction, 0, NULL, NULL, 8)); R(syscall(SYS_rt_sigaction, 65, NULL, NULL, 8));
    R(syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 4)); R(syscall(SYS_rt_sigaction, SIGUSR1, BAD, NULL, 8));
    R(syscall(SYS_rt_sigaction, SIGUSR1, NULL, BAD, 8));
}
T(mask_errors) {
    sigset_t s = of(0, 0); R(syscall(SYS_rt_sigprocmask, 9, &s, NULL, 8));
    R(syscall(SYS_rt_sigprocmask, 9, NULL, &s, 8)); R(syscall(SYS_rt_sigprocmask, 0, BAD, NULL, 8));
    R(syscall(SYS_rt_sigprocmask, 0, NULL, BAD, 8)); R(syscall(SYS_rt_sigprocmask, 0, &s, NULL, 16));
    R(syscall(SYS_rt_sigpending, BAD, 8)); R(syscall(SYS_rt_sigpending, &s, 9));
    R(syscall(SYS_rt_sigsuspend, &s, 4)); R(syscall(SYS_rt_sigsuspend, BAD, 8));
    R(syscall(SYS_rt_sigtimedwait, BAD, NULL, NULL, 8)); struct timespec t = {0, -1};
    R(syscall(SYS_rt_sigtimedwait, &s, NULL, &t, 8)); t.tv_nsec = 0;
    R(syscall(SYS_rt_sigtimedwait, &s, NULL, &t, 8));
}
T(mask_kill_and_stop) {
    sigset_t s; sigfillset(&s); R(sigprocmask(SIG_SETMASK, &s, NULL)); R(sigprocmask(SIG_SETMASK, NULL, &s));
    S("%d %d %d", sigismember(&s, SIGKILL), sigismember(&s, SIGSTOP), sigismember(&s, SIGTERM));
}
T(pending_standard_once) {
    set(SIGUSR1, 0, 0); blocks(SIG_BLOCK, SIGUSR1, 0); raise(SIGUSR1); raise(SIGUSR1); R(taken); sigset_t p;
    sigpending(&p); R(sigismember(&p, SIGUSR1)); blocks(SIG_UNBLOCK, SIGUSR1, 0); R(taken);
}
T(pending_realtime_queue) {
    set(SIGRTMIN, SA_SIGINFO, 0); blocks(SIG_BLOCK, SIGRTMIN, 0); for (int i = 0; i < 3;
    i++) { union sigval v = {.sival_int = i + 1}; sigqueue(getpid(), SIGRTMIN, v);
    } blocks(SIG_UNBLOCK, SIGRTMIN, 0); R(taken); R(last.si_value.sival_int); R(last.si_code);
}
T(pending_lowest_first) {
    for (int i = 0; i < 3; i++) { set(SIGRTMIN + i, 0, 0); } set(SIGUSR1, 0, 0); sigset_t all; sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL); raise(SIGRTMIN + 2); raise(SIGRTMIN); raise(SIGUSR1);
    raise(SIGRTMIN + 1); sigset_t s = of(SIGRTMIN, SIGRTMIN + 1); sigaddset(&s, SIGRTMIN + 2);
    sigaddset(&s, SIGUSR1); for (int i = 0; i < 4; i++) { S("%d", sigwaitinfo(&s, NULL)); }
}
T(pending_ignored_dropped) {
    blocks(SIG_BLOCK, SIGUSR1, 0); raise(SIGUSR1); signal(SIGUSR1, SIG_IGN); sigset_t p; sigpending(&p);
    R(sigismember(&p, SIGUSR1)); raise(SIGUSR1); sigpending(&p); R(sigismember(&p, SIGUSR1));
}
T(handler_masks_itself) {
    set(SIGUSR1, 0, SIGUSR2); struct sigaction a; sigaction(SIGUSR1, NULL, &a); raise(SIGUSR1); R(taken);
    sigset_t m; sigprocmask(SIG_BLOCK, NULL, &m); R(sigismember(&m, SIGUSR1));
}
T(reset_hand) {
    set(SIGUSR1, SA_RESETHAND, 0); raise(SIGUSR1); struct sigaction a; sigaction(SIGUSR1, NULL, &a);
    R(a.sa_handler == SIG_DFL); R(taken);
}
T(info_of_kill) {
    set(SIGUSR1, SA_SIGINFO, 0); R(kill(getpid(), SIGUSR1));
    S("%d %d %d", last.si_code, last.si_pid == getpid(), last.si_uid == getuid());
    R(syscall(SYS_tgkill, getpid(), gettid(), SIGUSR1)); R(last.si_code); R(last.si_errno);
}
T(info_of_queue) {
    set(SIGUSR1, SA_SIGINFO, 0); siginfo_t i; memset(&i, 0, sizeof i); i.si_code = -7; i.si_signo = SIGUSR1;
    R(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &i)); R(last.si_code); i.si_code = 5; pid_t c = fork();
    if (!c) { R(syscall(SYS_rt_sigqueueinfo, getppid(), SIGUSR1, &i)); _exit(0); } ended(c);
    R(syscall(SYS_rt_sigqueueinfo, getpid(), 99, &i)); R(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, BAD));
    R(syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), 0, &i)); i.si_code = -1;
    R(syscall(SYS_rt_sigqueueinfo, 1 << 22, 0, &i));
}
T(wait_info) {
    blocks(SIG_BLOCK, SIGUSR1, SIGUSR2); siginfo_t i; sigset_t s = of(SIGUSR1, SIGUSR2);
    struct timespec z = {0, 0}, t = {0, 1000000}; R(sigtimedwait(&s, &i, &z)); R(sigtimedwait(&s, &i, &t));
    raise(SIGUSR2); R(sigtimedwait(&s, &i, &z)); S("%d %d", i.si_signo, i.si_code); raise(SIGUSR1);
    raise(SIGUSR2); R(sigwaitinfo(&s, NULL)); R(sigwaitinfo(&s, NULL));
}
T(wait_interrupted) {
    set(SIGALRM, 0, 0); in(1000); sigset_t s = of(SIGUSR1, 0); blocks(SIG_BLOCK, SIGUSR1, 0);
    struct timespec t = {100, 0}; R(sigtimedwait(&s, NULL, &t)); R(taken > 0);
}
T(suspend) {
    set(SIGUSR1, 0, 0); blocks(SIG_BLOCK, SIGUSR1, 0); raise(SIGUSR1); sigset_t none = of(0, 0), m;
    R(sigsuspend(&none)); R(taken); sigprocmask(SIG_BLOCK, NULL, &m); R(sigismember(&m, SIGUSR1));
}
T(pause_interrupted) { set(SIGALRM, SA_RESTART, 0); in(1000); R(pause()); R(taken > 0); }
T(read_restarts) {
    int p[2]; pipe(p); set(SIGALRM, SA_RESTART, 0); pid_t c = fork(); if (!c) { usleep(3000);
    write(p[1], "x", 1); _exit(0); } in(1000); char b; R(read(p[0], &b, 1)); R(taken > 0); ended(c);
}
T(read_interrupted) { int p[2]; pipe(p); set(SIGALRM, 0, 0); in(1000); char b; R(read(p[0], &b, 1)); R(taken > 0); }
T(write_interrupted) {
    int p[2]; pipe(p); set(SIGALRM, 0, 0); char *b = calloc(1, 100000); in(1000); R(write(p[1], b, 100000));
    in(1000); R(write(p[1], b, 10));
}
T(wait_call_restarts) {
    set(SIGALRM, SA_RESTART, 0); pid_t c = fork(); if (!c) { usleep(3000); _exit(4); } in(1000); ended(c);
    R(taken > 0);
}
T(wait_call_interrupted) {
    set(SIGALRM, 0, 0); pid_t c = fork(); if (!c) { pause(); } in(1000); R(waitpid(c, NULL, 0));
    kill(c, SIGKILL); ended(c);
}
T(poll_interrupted) {
    set(SIGALRM, SA_RESTART, 0); in(1000); R(poll(NULL, 0, 100000)); in(1000);
    R(select(0, NULL, NULL, NULL, NULL)); int e = epoll_create1(0); struct epoll_event v; in(1000);
    R(epoll_wait(e, &v, 1, -1));
}
T(socket_interrupted) {
    int s[2]; socketpair(AF_UNIX, SOCK_STREAM, 0, s); set(SIGALRM, 0, 0); char b; in(1000);
    R(recv(s[0], &b, 1, 0)); struct timeval t = {100, 0};
    setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t); set(SIGALRM, SA_RESTART, 0); in(1000);
    R(recv(s[0], &b, 1, 0));
}
T(lock_interrupted) {
    int f = make("a", "x"); struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET}; int p[2]; pipe(p);
    pid_t c = fork(); if (!c) { fcntl(f, F_SETLK, &l); write(p[1], "x", 1); pause(); } char b;
    read(p[0], &b, 1); set(SIGALRM, 0, 0); in(1000); R(fcntl(f, F_SETLKW, &l)); kill(c, SIGKILL); ended(c);
    R(fcntl(f, F_SETLK, &l));
}
T(fifo_open_interrupted) { mkfifo("p", 0600); set(SIGALRM, 0, 0); in(1000); R(open("p", O_RDONLY)); }
T(stack_alternate) {
    char *m = malloc(SIGSTKSZ); stack_t s = {.ss_sp = m, .ss_size = SIGSTKSZ}, o; R(sigaltstack(&s, &o));
    R(o.ss_flags); set(SIGUSR1, SA_ONSTACK, 0); raise(SIGUSR1); R(taken); R(sigaltstack(NULL, &o));
    R(o.ss_sp == m); s.ss_flags = SS_DISABLE; R(sigaltstack(&s, NULL)); R(sigaltstack(NULL, &o)); R(o.ss_flags);
    s.ss_flags = 0; s.ss_size = 100; R(sigaltstack(&s, NULL)); s.ss_flags = 77; R(sigaltstack(&s, NULL));
    R(sigaltstack(BAD, NULL)); R(sigaltstack(NULL, BAD));
}
static sigjmp_buf back;
static void jumps(int n) { siglongjmp(back, n); }
T(jump_out) {
    signal(SIGUSR1, jumps); int n = sigsetjmp(back, 1); if (!n) { raise(SIGUSR1); } R(n); sigset_t m;
    sigprocmask(SIG_BLOCK, NULL, &m); R(sigismember(&m, SIGUSR1));
}
static volatile char *volatile nowhere;
T(fault_blocked_kills) {
    pid_t c = fork(); if (!c) { blocks(SIG_BLOCK, SIGSEGV, 0); *nowhere = 1; _exit(0); } ended(c); c = fork();
    if (!c) { signal(SIGSEGV, SIG_IGN); *nowhere = 1; _exit(0); } ended(c);
}
T(abort_handled) { pid_t c = fork(); if (!c) { set(SIGABRT, 0, 0); abort(); } ended(c); }
T(children_and_signals) {
    set(SIGCHLD, 0, 0); blocks(SIG_BLOCK, SIGCHLD, 0); pid_t c = fork(); if (!c) { _exit(0); } ended(c);
    sigset_t p; sigpending(&p); R(sigismember(&p, SIGCHLD)); R(taken); blocks(SIG_UNBLOCK, SIGCHLD, 0);
    R(taken);
}
T(continue_of_running) { set(SIGCONT, 0, 0); R(kill(getpid(), SIGCONT)); R(taken); }
static void *thread(void *unused) {
    (void)unused; sigset_t s = of(SIGUSR1, 0); siginfo_t i; int n = sigwaitinfo(&s, &i);
    return (void *)(long)(n * 100 + i.si_code);
}
T(thread_takes) {
    blocks(SIG_BLOCK, SIGUSR1, 0); pthread_t t; pthread_create(&t, NULL, thread, NULL);
    pthread_kill(t, SIGUSR1); void *r; pthread_join(t, &r); R((long)r); sigset_t p; sigpending(&p);
    R(sigismember(&p, SIGUSR1));
}
T(process_signal_to_any) {
    blocks(SIG_BLOCK, SIGUSR1, 0); pthread_t t; pthread_create(&t, NULL, thread, NULL); kill(getpid(), SIGUSR1);
    void *r; pthread_join(t, &r); R((long)r);
}
T(queue_limit) {
    struct rlimit old, few; getrlimit(RLIMIT_SIGPENDING, &old); few = old; few.rlim_cur = 2;
    setrlimit(RLIMIT_SIGPENDING, &few); blocks(SIG_BLOCK, SIGRTMIN, 0); union sigval v = {.sival_int = 1};
    int n = 0; while (n < 5 && !sigqueue(getpid(), SIGRTMIN, v)) { n++; } R(n <= 2); R(errno == EAGAIN);
    R(kill(getpid(), SIGRTMIN)); setrlimit(RLIMIT_SIGPENDING, &old); sigset_t s = of(SIGRTMIN, 0);
    struct timespec z = {0, 0}; while (sigtimedwait(&s, NULL, &z) > 0) { }
}
