// Processes: begun, ended, waited for, grouped.
#include "conform.h"
#include <sys/syscall.h>
#include <spawn.h>

#define CHILD(...) ({ pid_t p_ = fork(); if (!p_) { __VA_ARGS__; _exit(0); } p_; })

T(exit_codes) {
    ended(CHILD(_exit(0))); ended(CHILD(_exit(255))); ended(CHILD(_exit(256 + 7))); ended(CHILD(_exit(-1)));
    ended(CHILD(syscall(SYS_exit, 9))); ended(CHILD(syscall(SYS_exit_group, 300)));
}
T(death_by_signal) {
    int signals[] = {SIGTERM, SIGKILL, SIGINT, SIGHUP, SIGUSR1, SIGALRM, SIGPIPE, SIGRTMIN};
    for (unsigned i = 0; i < 8; i++) { ended(CHILD(raise(signals[i]))); }
}
static char *volatile zero;
T(death_by_fault) {
    ended(CHILD(*(volatile char *)zero = 1)); ended(CHILD(__builtin_trap())); ended(CHILD(volatile int z = 0;
    z = 1 / z)); ended(CHILD(abort())); ended(CHILD(__asm__ volatile("int3")));
    ended(CHILD(__asm__ volatile("hlt")));
}
T(ignored_by_default) {
    ended(CHILD(raise(SIGCHLD); raise(SIGURG); raise(SIGWINCH); raise(SIGCONT); _exit(4)));
}
T(wait_order) {
    pid_t a = CHILD(_exit(1)), b = CHILD(_exit(2)); int s; R(waitpid(b, &s, 0) == b); R(WEXITSTATUS(s));
    R(waitpid(-1, &s, 0) == a); R(WEXITSTATUS(s)); R(waitpid(-1, &s, 0)); R(waitpid(a, &s, 0));
}
T(wait_nohang) {
    int p[2]; pipe(p); pid_t c = CHILD(char b; close(p[1]); read(p[0], &b, 1); _exit(6)); int s = -1;
    R(waitpid(c, &s, WNOHANG)); R(s); close(p[1]); R(waitpid(c, &s, 0) == c); R(WEXITSTATUS(s));
    R(waitpid(c, &s, WNOHANG));
}
T(wait_errors) {
    R(waitpid(1 << 22, NULL, 0)); R(waitpid(-1, NULL, 0x40)); R(waitpid(getpid(), NULL, 0));
    R(waitpid(INT_MIN, NULL, 0)); pid_t c = CHILD(_exit(0)); R(syscall(SYS_wait4, c, BAD, 0, NULL));
    R(waitpid(c, NULL, 0)); siginfo_t i; R(waitid(9, 0, &i, WEXITED)); R(waitid(P_ALL, 0, &i, 0));
    R(waitid(P_PID, -1, &i, WEXITED)); R(waitid(P_ALL, 0, &i, WEXITED));
}
T(wait_group) {
    int p[2]; pipe(p); pid_t c = CHILD(setpgid(0, 0); close(p[0]); close(p[1]); _exit(3)); close(p[1]); char b;
    read(p[0], &b, 1); R(waitpid(0, NULL, WNOHANG)); int s; R(waitpid(-c, &s, 0) == c); R(WEXITSTATUS(s));
}
T(waitid_fields) {
    siginfo_t i; pid_t c = CHILD(_exit(9)); memset(&i, 0, sizeof i); R(waitid(P_PID, c, &i, WEXITED | WNOWAIT));
    S("%d %d %d %d", i.si_signo, i.si_code, i.si_status, i.si_pid == c); R(waitid(P_PID, c, &i, WEXITED));
    c = CHILD(raise(SIGTERM)); R(waitid(P_PID, c, &i, WEXITED)); S("%d %d", i.si_code, i.si_status);
    c = CHILD(pause()); R(waitid(P_PID, c, &i, WEXITED | WNOHANG)); S("%d %d", i.si_signo, i.si_pid);
    kill(c, SIGKILL); R(waitid(P_PID, c, NULL, WEXITED));
}
T(wait_usage) {
    pid_t c = CHILD(_exit(0)); struct rusage u; memset(&u, 0xff, sizeof u); int s; R(wait4(c, &s, 0, &u) == c);
    R(u.ru_utime.tv_sec); R(u.ru_utime.tv_usec >= 0);
}
T(wait_ignored_children) {
    signal(SIGCHLD, SIG_IGN); pid_t c = CHILD(_exit(3)); R(waitpid(c, NULL, 0)); signal(SIGCHLD, SIG_DFL);
}
static volatile int seen, seenCode, seenStatus;
static void quiet(int n) { (void)n; }
static void onChild(int n, siginfo_t *i, void *c) {
    (void)c; seen = n; seenCode = i->si_code; seenStatus = i->si_status;
}
T(child_signal) {
    struct sigaction a = {.sa_sigaction = onChild, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigaction(SIGCHLD, &a, NULL); seen = 0; ended(CHILD(_exit(11))); S("%d %d %d", seen, seenCode, seenStatus);
    ended(CHILD(raise(SIGKILL))); S("%d %d", seenCode, seenStatus);
}
T(no_child_wait) {
    struct sigaction a = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT}; sigaction(SIGCHLD, &a, NULL);
    pid_t c = CHILD(_exit(3)); R(waitpid(c, NULL, 0));
}
T(orphans) {
    int p[2]; pipe(p); pid_t c = CHILD(pid_t own = getpid(), g = fork(); if (!g) { close(p[0]);
    while (getppid() == own) { usleep(100); } char ok = 'o'; write(p[1], &ok, 1); _exit(0); } _exit(0));
    ended(c); close(p[1]); char b = 0; R(read(p[0], &b, 1)); S("%c", b);
}
T(fork_copies) {
    int shared = 1; char *heap = malloc(10000); strcpy(heap, "parent"); pid_t c = CHILD(shared = 2;
    strcpy(heap, "child"); _exit(shared)); ended(c); S("%d %s", shared, heap);
}
T(fork_shares_offset) {
    int f = make("a", "0123456789"); char b[9] = ""; ended(CHILD(char x[4]; read(f, x, 4))); R(read(f, b, 2));
    S("%s", b);
}
T(fork_descriptors) {
    int f = make("a", "x"); ended(CHILD(close(f); open(".", O_RDONLY))); R(fcntl(f, F_GETFD)); int p[2];
    pipe2(p, O_CLOEXEC); ended(CHILD(write(p[1], "in", 2))); char b[4] = ""; R(read(p[0], b, 3)); S("%s", b);
}
T(fork_attributes) {
    umask(07); mkdir("d", 0777); chdir("d"); signal(SIGUSR1, SIG_IGN); ended(CHILD(struct sigaction a;
    sigaction(SIGUSR1, NULL, &a); char p[PATH_MAX]; getcwd(p, sizeof p);
    S("%o %s %d", umask(0), strrchr(p, '/'), a.sa_handler == SIG_IGN))); R(umask(022));
}
T(fork_pending) {
    sigset_t s; sigemptyset(&s); sigaddset(&s, SIGUSR1); sigprocmask(SIG_BLOCK, &s, NULL); raise(SIGUSR1);
    ended(CHILD(sigset_t q; sigpending(&q); S("%d", sigismember(&q, SIGUSR1)); sigprocmask(SIG_BLOCK, NULL, &q);
    S("%d", sigismember(&q, SIGUSR1)))); sigset_t q; sigpending(&q); R(sigismember(&q, SIGUSR1));
    signal(SIGUSR1, SIG_IGN);
}
T(fork_timers) { alarm(100); ended(CHILD(R(alarm(0)))); R(alarm(0) > 90); }
T(vfork_shares) { volatile int x = 1; pid_t c = vfork(); if (!c) { x = 5; _exit(3); } R(x); ended(c); }
T(clone_flags) {
    R(syscall(SYS_clone, 0x10000, 0, 0, 0, 0)); R(syscall(SYS_clone, 0x10900 - 0x800, 0, 0, 0, 0));
    R(syscall(SYS_clone, 0x20000 | 0x200 | 17, 0, 0, 0, 0)); R(syscall(SYS_clone, 0x800 | 17, 0, 0, 0, 0));
    int tid = 0; long c = syscall(SYS_clone, 0x100000 | 17, 0, &tid, 0, 0); if (!c) { _exit(2); } R(tid == c);
    ended(c);
}
T(clone_no_signal) {
    long c = syscall(SYS_clone, 0, 0, 0, 0, 0); if (!c) { _exit(8); } R(waitpid(c, NULL, 0)); int s;
    R(waitpid(c, &s, __WALL) == c); R(WEXITSTATUS(s));
}
T(clone_child_tid) {
    int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    long c = syscall(SYS_clone, 0x01000000 | 0x200000 | 17, 0, 0, shared, 0);
    if (!c) { _exit(*shared == getpid() ? 4 : 5); } ended(c); R(*shared == c);
}

static void script(const char *name, const char *text) { close(make(name, text)); chmod(name, 0755); }
T(exec_errors) {
    char *args[] = {"x", NULL}, *none[] = {NULL}; close(make("f", "text")); R(execve("none", args, none));
    R(execve("f", args, none)); chmod("f", 0755); R(execve("f", args, none)); R(execve(".", args, none));
    R(execve("f/x", args, none)); R(execve("", args, none)); R(syscall(SYS_execve, BAD, args, none));
    R(syscall(SYS_execve, "/bin/true", BAD, none)); script("s", "#!/none/interpreter\n");
    R(execve("s", args, none)); symlink("l", "l"); R(execve("l", args, none)); script("e", "");
    R(execve("e", args, none)); script("b", "\177ELFbad"); R(execve("b", args, none)); script("t", "#!");
    R(execve("t", args, none));
}
T(exec_too_long) {
    char *big = malloc(200000), *args[] = {"true", big, NULL}, *none[] = {NULL}; memset(big, 'x', 199999);
    big[199999] = 0; R(execve("/bin/true", args, none));
}
T(exec_runs) {
    char *args[] = {"sh", "-c", "exit $X", NULL}, *env[] = {"X=12", NULL};
    ended(CHILD(execve("/bin/sh", args, env)));
}
T(exec_script) {
    script("s", "#!/bin/sh -e\nexit $(($# + 20))\n"); char *args[] = {"s", "a", "b", NULL}, *none[] = {NULL};
    ended(CHILD(execve("./s", args, none)));
}
T(exec_descriptors) {
    script("s", "#!/bin/sh\necho in >&9 && echo out >&8\n"); int f = open("keep", O_CREAT | O_RDWR, 0644);
    ended(CHILD(dup2(f, 9); dup3(f, 8, O_CLOEXEC); dup2(open("/dev/null", O_WRONLY), 2);
    execl("./s", "s", NULL))); dump("keep");
}
T(exec_signals) {
    signal(SIGUSR1, SIG_IGN); signal(SIGUSR2, quiet);
    ended(CHILD(execl("/bin/sh", "sh", "-c", "kill -USR1 $$; kill -USR2 $$; exit 3", NULL)));
}
T(execveat_descriptor) {
    int f = open("/bin/sh", O_PATH | O_CLOEXEC); char *args[] = {"sh", "-c", "exit 7", NULL}, *none[] = {NULL};
    ended(CHILD(syscall(SYS_execveat, f, "", args, none, AT_EMPTY_PATH))); int d = open("/bin", O_RDONLY);
    ended(CHILD(syscall(SYS_execveat, d, "sh", args, none, 0)));
    R(syscall(SYS_execveat, 77, "sh", args, none, 0)); R(syscall(SYS_execveat, f, "", args, none, 0));
    R(syscall(SYS_execveat, d, "sh", args, none, 4));
}
T(spawn) {
    pid_t c; char *args[] = {"sh", "-c", "exit 6", NULL}, *none[] = {NULL};
    R(posix_spawn(&c, "/bin/sh", NULL, NULL, args, none)); ended(c);
    R(posix_spawn(&c, "/none", NULL, NULL, args, none));
}

T(groups_basic) {
    R(getpgid(0) == getpgrp()); R(getpgid(getpid()) == getpgrp()); R(getpgid(1 << 22)); R(getpgid(-1));
    R(getsid(0) >= 0); R(getsid(1 << 22)); R(setpgid(0, -1)); R(setpgid(1 << 22, 0)); R(setpgid(-1, 0));
}
T(groups_child) {
    ended(CHILD(R(setpgid(0, 0)); R(getpgrp() == getpid()); R(setpgid(0, 0)); R(setsid());
    R(setpgid(0, getppid() + 100000)))); int p[2]; pipe(p); pid_t c = CHILD(char b; close(p[1]);
    read(p[0], &b, 1); _exit(getpgrp() == getpid())); R(setpgid(c, c)); R(getpgid(c) == c); close(p[1]);
    ended(c);
}
T(groups_after_exec) {
    int p[2], q[2]; pipe(p); pipe2(q, O_CLOEXEC); pid_t c = CHILD(dup2(p[0], 0); close(p[1]); close(q[0]);
    execl("/bin/cat", "cat", NULL)); close(q[1]); char b; read(q[0], &b, 1); R(setpgid(c, c)); close(p[1]);
    ended(c);
}
T(sessions) {
    ended(CHILD(R(setsid() == getpid()); R(getsid(0) == getpid()); R(getpgrp() == getpid()); R(setsid());
    R(setpgid(0, 0)); pid_t g = fork(); if (!g) { R(setpgid(0, getppid())); R(getsid(0) == getppid()); _exit(0);
    } ended(g))); int ready[2];
    pipe(ready);
    pid_t c = CHILD(setsid(); write(ready[1], "s", 1); pause());
    char b;
    read(ready[0], &b, 1); R(setpgid(c, c)); kill(c, SIGKILL);
    ended(c);
}
T(kill_errors) {
    R(kill(getpid(), 0)); R(kill(1 << 22, 0)); R(kill(getpid(), 65)); R(kill(getpid(), -1));
    R(kill(-(1 << 22), 0)); pid_t c = CHILD(_exit(0)); waitid(P_PID, c, NULL, WEXITED | WNOWAIT); R(kill(c, SIGTERM)); ended(c);
    R(kill(c, 0)); R(syscall(SYS_tgkill, getpid(), getpid(), 0)); R(syscall(SYS_tgkill, getpid(), -1, 0));
    R(syscall(SYS_tgkill, getpid(), 1 << 22, 0)); R(syscall(SYS_tkill, 0, 0));
    R(syscall(SYS_tkill, getpid(), 0));
}
T(kill_group) {
    int p[2]; pipe(p); pid_t a = CHILD(setpgid(0, 0); pid_t g = fork(); close(p[0]);
    if (!g) { write(p[1], "g", 1); pause(); } write(p[1], "a", 1); pause()); close(p[1]); char b;
    read(p[0], &b, 1); read(p[0], &b, 1); R(kill(-a, SIGTERM)); ended(a); R(read(p[0], &b, 1));
}
T(parent_death_signal) {
    int p[2]; pipe(p); pid_t c = CHILD(int r[2]; pipe(r); pid_t g = fork(); if (!g) { close(p[0]);
    prctl(PR_SET_PDEATHSIG, SIGKILL); write(r[1], "r", 1); pause(); } char b; read(r[0], &b, 1); _exit(0));
    ended(c); close(p[1]); char b; R(read(p[0], &b, 1));
}
T(subreaper) {
    R(prctl(PR_SET_CHILD_SUBREAPER, 1)); pid_t c = CHILD(if (!fork()) { usleep(500); _exit(13); } _exit(0));
    ended(c); int s = 0; R(waitpid(-1, &s, 0) > 0); R(WEXITSTATUS(s)); int v = 0;
    R(prctl(PR_GET_CHILD_SUBREAPER, &v)); R(v); R(prctl(PR_SET_CHILD_SUBREAPER, 0));
}
T(pidfd) {
    pid_t c = CHILD(pause()); int f = syscall(434, c, 0); R(f >= 0); R(fcntl(f, F_GETFD));
    struct pollfd p = {f, POLLIN, 0}; R(poll(&p, 1, 0)); R(syscall(424, f, SIGKILL, NULL, 0));
    R(poll(&p, 1, 10000)); S("%x", p.revents); siginfo_t i; R(waitid(3, f, &i, WEXITED));
    S("%d %d", i.si_code, i.si_status); R(syscall(434, 1 << 22, 0)); R(syscall(434, getpid(), 64));
    R(syscall(434, 0, 0)); R(syscall(424, 0, 0, NULL, 0));
}
T(nice_values) {
    R(getpriority(PRIO_PROCESS, 0)); R(setpriority(PRIO_PROCESS, 0, 5)); R(getpriority(PRIO_PROCESS, 0));
    ended(CHILD(R(getpriority(PRIO_PROCESS, 0)))); R(setpriority(PRIO_PROCESS, 0, 4)); R(setpriority(9, 0, 0));
    R(getpriority(PRIO_PROCESS, 1 << 22)); R(getpriority(9, 0));
}
