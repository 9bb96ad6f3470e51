// Threads, futexes, scheduling, limits and what a process is told of its machine.
#include "conform.h"
#include <grp.h>
#include <linux/futex.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <sys/random.h>
#include <sys/personality.h>

static long futex(void *a, int op, unsigned v, void *t, void *b, unsigned v3) {
    return syscall(SYS_futex, a, op, v, t, b, v3);
}
static volatile unsigned word, other;
static volatile int step;
static void *waiter(void *unused) {
    (void)unused; step = 1; while (word == 1) { futex((void *)&word, FUTEX_WAIT, 1, NULL, NULL, 0);
    } return (void *)5;
}
T(futex_wait_wake) {
    word = 1; step = 0; pthread_t t; pthread_create(&t, NULL, waiter, NULL); while (!step) { sched_yield();
    } word = 2; do { } while (futex((void *)&word, FUTEX_WAKE, 1, NULL, NULL, 0) < 0); void *r;
    pthread_join(t, &r); R((long)r); R(futex((void *)&word, FUTEX_WAKE, 1, NULL, NULL, 0));
}
T(futex_errors) {
    word = 3; struct timespec z = {0, 0}, n = {0, 1000000000};
    R(futex((void *)&word, FUTEX_WAIT, 4, NULL, NULL, 0)); R(futex((void *)&word, FUTEX_WAIT, 3, &z, NULL, 0));
    R(futex((void *)&word, FUTEX_WAIT, 3, &n, NULL, 0)); R(futex(BAD, FUTEX_WAIT, 3, NULL, NULL, 0));
    R(futex((char *)&word + 1, FUTEX_WAIT, 3, NULL, NULL, 0));
    R(futex((char *)&word + 1, FUTEX_WAKE, 1, NULL, NULL, 0)); R(futex((void *)&word, 99, 3, NULL, NULL, 0));
    R(futex((void *)&word, FUTEX_WAIT, 3, BAD, NULL, 0));
    R(futex((void *)&word, FUTEX_WAIT_BITSET, 3, &z, NULL, 0));
    R(futex((void *)&word, FUTEX_WAKE_BITSET, 1, NULL, NULL, 0));
    R(futex((void *)&word, FUTEX_WAIT_BITSET, 3, &z, NULL, 1));
    R(futex((void *)&word, FUTEX_WAIT | FUTEX_CLOCK_REALTIME, 3, &z, NULL, 0));
}
T(futex_requeue) {
    word = 1; R(futex((void *)&word, FUTEX_REQUEUE, 1, (void *)1, (void *)&other, 0));
    R(futex((void *)&word, FUTEX_CMP_REQUEUE, 1, (void *)1, (void *)&other, 9));
    R(futex((void *)&word, FUTEX_CMP_REQUEUE, 1, (void *)1, (void *)&other, 1));
    R(futex((void *)&word, FUTEX_CMP_REQUEUE, 1, (void *)1, BAD, 1));
}
T(futex_wake_op) {
    word = 1; other = 5;
    R(futex((void *)&word, FUTEX_WAKE_OP, 1, (void *)1, (void *)&other, FUTEX_OP(FUTEX_OP_ADD,
    3, FUTEX_OP_CMP_EQ, 5))); R(other);
    R(futex((void *)&word, FUTEX_WAKE_OP, 1, (void *)1, (void *)&other, FUTEX_OP(FUTEX_OP_SET,
    1, FUTEX_OP_CMP_GT, 5))); R(other);
    R(futex((void *)&word, FUTEX_WAKE_OP, 1, (void *)1, BAD, FUTEX_OP(FUTEX_OP_SET, 1, FUTEX_OP_CMP_GT, 5)));
}
T(futex_priority) {
    word = 0; R(futex((void *)&word, FUTEX_LOCK_PI, 0, NULL, NULL, 0)); R(word == (unsigned)gettid());
    R(futex((void *)&word, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
    R(futex((void *)&word, FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0));
    R(futex((void *)&word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0)); R(word);
    R(futex((void *)&word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
}
T(futex_between_processes) {
    unsigned *w = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0); pid_t c = fork();
    if (!c) { while (!*(volatile unsigned *)w) { futex(w, FUTEX_WAIT, 0, NULL, NULL, 0); } _exit(*w);
    } *(volatile unsigned *)w = 9; futex(w, FUTEX_WAKE, 9, NULL, NULL, 0); ended(c);
}
static void quiet(int n) { (void)n; }
T(futex_interrupted) {
    word = 1; struct itimerval t = {{0, 1000}, {0, 1000}}; signal(SIGALRM, quiet);
    setitimer(ITIMER_REAL, &t, NULL); struct timespec s = {100, 0};
    R(futex((void *)&word, FUTEX_WAIT, 1, &s, NULL, 0));
}
T(futex_waitv_basic) {
    struct futex_waitv v = {3, (uintptr_t)&word, FUTEX_32, 0}; word = 4;
    R(syscall(449, &v, 1, 0, NULL, CLOCK_MONOTONIC)); R(syscall(449, &v, 0, 0, NULL, CLOCK_MONOTONIC));
    R(syscall(449, &v, 1, 1, NULL, CLOCK_MONOTONIC)); struct timespec t = {0, 0}; word = 3;
    R(syscall(449, &v, 1, 0, &t, CLOCK_MONOTONIC));
}
static pthread_mutex_t robust;
static void *dies(void *unused) { (void)unused; pthread_mutex_lock(&robust); return NULL; }
T(robust_mutex) {
    pthread_mutexattr_t a; pthread_mutexattr_init(&a); pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&robust, &a); pthread_t t; pthread_create(&t, NULL, dies, NULL); pthread_join(t, NULL);
    R(pthread_mutex_lock(&robust)); R(pthread_mutex_consistent(&robust)); R(pthread_mutex_unlock(&robust));
    R(pthread_mutex_lock(&robust)); void *h; size_t n; R(syscall(SYS_get_robust_list, 0, &h, &n)); R(n);
    R(syscall(SYS_set_robust_list, h, 3)); R(syscall(SYS_get_robust_list, 1 << 22, &h, &n));
}
static void *ids(void *out) { ((long *)out)[0] = gettid(); ((long *)out)[1] = getpid(); return NULL; }
T(thread_ids) {
    long o[2]; pthread_t t; pthread_create(&t, NULL, ids, o); pthread_join(t, NULL); R(o[0] != gettid());
    R(o[1] == getpid()); R(gettid() == getpid());
}
static void *exits(void *unused) { (void)unused; syscall(SYS_exit_group, 17); return NULL; }
T(thread_exit_group) {
    pid_t c = fork(); if (!c) { pthread_t t; pthread_create(&t, NULL, exits, NULL); pause(); } ended(c);
}
static void *execs(void *unused) { (void)unused; execl("/bin/sh", "sh", "-c", "exit 18", NULL); return NULL; }
T(thread_exec) {
    pid_t c = fork(); if (!c) { pthread_t t; pthread_create(&t, NULL, execs, NULL); pause(); } ended(c);
}
static void *sleeps(void *unused) { (void)unused; usleep(1000); _exit(19); }
T(thread_main_exits) {
    pid_t c = fork(); if (!c) { pthread_t t; pthread_create(&t, NULL, sleeps, NULL); syscall(SYS_exit, 3);
    } ended(c);
}
static void *forks(void *out) {
    pid_t c = fork(); if (!c) { _exit(gettid() == getpid() ? 20 : 1); } *(pid_t *)out = c; return NULL;
}
T(thread_forks) {
    pid_t c = 0; pthread_t t; pthread_create(&t, NULL, forks, &c); pthread_join(t, NULL); ended(c);
}

T(affinity) {
    cpu_set_t s; CPU_ZERO(&s); R(sched_getaffinity(0, sizeof s, &s)); R(CPU_COUNT(&s) > 0); R(CPU_ISSET(0, &s));
    CPU_ZERO(&s); R(sched_setaffinity(0, sizeof s, &s)); CPU_SET(0, &s); R(sched_setaffinity(0, sizeof s, &s));
    CPU_ZERO(&s); sched_getaffinity(0, sizeof s, &s); R(CPU_COUNT(&s)); R(sched_getcpu());
    R(sched_getaffinity(1 << 22, sizeof s, &s)); R(syscall(SYS_sched_getaffinity, 0, 3, &s));
    R(syscall(SYS_sched_getaffinity, 0, 128, BAD)); R(syscall(SYS_sched_setaffinity, 0, 8, BAD));
}
T(scheduling_policy) {
    struct sched_param p = {0}; R(sched_getscheduler(0)); R(sched_getparam(0, &p)); R(p.sched_priority);
    R(sched_setscheduler(0, SCHED_BATCH, &p)); R(sched_getscheduler(0));
    R(sched_setscheduler(0, SCHED_OTHER, &p)); p.sched_priority = 5; R(sched_setscheduler(0, SCHED_OTHER, &p));
    R(sched_setparam(0, &p)); R(sched_setscheduler(0, 99, &p)); R(sched_getscheduler(1 << 22));
    R(sched_getscheduler(-1)); R(sched_setscheduler(0, SCHED_OTHER, NULL)); R(sched_getparam(0, NULL));
}
T(scheduling_bounds) {
    R(sched_get_priority_max(SCHED_FIFO)); R(sched_get_priority_min(SCHED_FIFO));
    R(sched_get_priority_max(SCHED_OTHER)); R(sched_get_priority_min(SCHED_RR)); R(sched_get_priority_max(99));
    struct timespec t; R(sched_rr_get_interval(1 << 22, &t)); R(sched_rr_get_interval(0, BAD));
    R(sched_rr_get_interval(-1, &t)); R(sched_yield());
}
T(scheduling_realtime_refused) {
    struct rlimit none = {0, 0}; setrlimit(RLIMIT_RTPRIO, &none); struct sched_param p = {5};
    R(sched_setscheduler(0, SCHED_FIFO, &p));
}
T(getcpu_basic) {
    unsigned c = 99, n = 99; R(syscall(SYS_getcpu, &c, &n, NULL)); R(c < 99); R(n);
    R(syscall(SYS_getcpu, NULL, NULL, NULL)); R(syscall(SYS_getcpu, BAD, NULL, NULL));
}

T(prctl_name) {
    char n[17] = ""; R(prctl(PR_SET_NAME, "a name that is too long")); R(prctl(PR_GET_NAME, n)); S("%s", n);
    R(prctl(PR_SET_NAME, BAD)); R(prctl(PR_GET_NAME, BAD)); char t[32] = "";
    int f = open("/proc/self/comm", O_RDONLY); read(f, t, 31); t[strcspn(t, "\n")] = 0; S("%s", t);
}
T(prctl_dumpable) {
    R(prctl(PR_SET_DUMPABLE, 0)); R(prctl(PR_GET_DUMPABLE)); R(prctl(PR_SET_DUMPABLE, 1));
    R(prctl(PR_GET_DUMPABLE)); R(prctl(PR_SET_DUMPABLE, 2)); R(prctl(9999));
}
T(prctl_no_new_privs) {
    pid_t c = fork(); if (!c) { R(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    R(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)); R(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    R(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0)); _exit(0); } ended(c);
}
T(prctl_death_signal) {
    int s = -1; R(prctl(PR_GET_PDEATHSIG, &s)); R(s); R(prctl(PR_SET_PDEATHSIG, SIGUSR1));
    R(prctl(PR_GET_PDEATHSIG, &s)); R(s); R(prctl(PR_SET_PDEATHSIG, 99)); R(prctl(PR_SET_PDEATHSIG, 0));
}
T(prctl_timer_slack) {
    R(prctl(PR_GET_TIMERSLACK)); R(prctl(PR_SET_TIMERSLACK, 1000)); R(prctl(PR_GET_TIMERSLACK));
    R(prctl(PR_SET_TIMERSLACK, 0)); R(prctl(PR_GET_TIMERSLACK));
}
T(prctl_others) {
    R(prctl(PR_GET_KEEPCAPS)); R(prctl(PR_CAPBSET_READ, 999)); R(prctl(PR_GET_SECCOMP));
    R(prctl(PR_SET_VMA, 0, 0, 0, 0) == 12345); int x = 0; R(prctl(PR_GET_TSC, &x)); R(x);
    R(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
}
T(limits_basic) {
    struct rlimit l, m; R(getrlimit(RLIMIT_NOFILE, &l)); R(l.rlim_cur <= l.rlim_max); R(getrlimit(99, &l));
    R(getrlimit(RLIMIT_CORE, BAD)); getrlimit(RLIMIT_NOFILE, &l); m = l; m.rlim_cur = l.rlim_max + 1;
    R(setrlimit(RLIMIT_NOFILE, &m)); m.rlim_cur = 10; R(prlimit(0, RLIMIT_NOFILE, &m, &l));
    R(prlimit(getpid(), RLIMIT_NOFILE, NULL, &m)); R(m.rlim_cur); R(setrlimit(RLIMIT_NOFILE, &l));
    R(prlimit(1 << 22, RLIMIT_NOFILE, NULL, &m)); R(setrlimit(99, &l));
}
T(limits_hard_down) {
    pid_t c = fork(); if (!c) { struct rlimit l = {0, 20}; R(setrlimit(RLIMIT_CORE, &l)); l.rlim_max = 30;
    R(setrlimit(RLIMIT_CORE, &l)); getrlimit(RLIMIT_CORE, &l); S("%ld %ld", (long)l.rlim_cur, (long)l.rlim_max);
    _exit(0); } ended(c);
}
T(limits_inherited) {
    struct rlimit l; getrlimit(RLIMIT_STACK, &l); struct rlimit m = {1 << 20, l.rlim_max};
    setrlimit(RLIMIT_STACK, &m); pid_t c = fork(); if (!c) { struct rlimit k; getrlimit(RLIMIT_STACK, &k);
    R(k.rlim_cur); _exit(0); } ended(c); setrlimit(RLIMIT_STACK, &l);
}
T(random_bytes) {
    char b[64] = ""; R(getrandom(b, 64, 0)); int set = 0; for (int i = 0; i < 64; i++) { set += b[i] != 0;
    } R(set > 32); R(getrandom(b, 0, 0)); R(getrandom(BAD, 8, 0)); R(getrandom(b, 8, 64));
    R(getrandom(b, 8, GRND_NONBLOCK)); R(getrandom(b, 8, GRND_RANDOM | GRND_INSECURE)); R(getentropy(b, 257));
}
T(uname_basic) {
    struct utsname u; R(uname(&u)); S("%s %s", u.sysname, u.machine); R(uname(BAD)); R(strlen(u.release) > 0);
    R(sethostname("x", 1)); R(setdomainname("x", 1));
}
T(sysinfo_basic) {
    struct sysinfo i; R(sysinfo(&i)); R(i.totalram > 0); R(i.mem_unit > 0); R(i.procs > 0); R(sysinfo(BAD));
    R(sysconf(_SC_PAGESIZE)); R(sysconf(_SC_NPROCESSORS_ONLN) > 0);
}
T(identity) {
    uid_t r, e, s; R(getresuid(&r, &e, &s)); R(r == getuid() && e == geteuid() && s == getuid());
    R(setuid(getuid())); R(setgid(getgid())); R(seteuid(geteuid())); R(setreuid(-1, -1));
    R(setresgid(-1, -1, -1)); R(setuid(54321)); R(setgid(54321)); R(setresuid(54321, -1, -1)); R(setuid(-1));
    R(syscall(SYS_getresuid, BAD, &e, &s)); R(setgroups(0, NULL)); R(setfsuid(-1) == (int)getuid());
    R(setfsgid(-1) == (int)getgid());
}
T(capabilities) {
    struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0}; struct __user_cap_data_struct d[2];
    memset(d, 0xff, sizeof d); R(syscall(SYS_capget, &h, d)); S("%x %x", d[0].effective, d[0].permitted);
    d[0].effective = 1; R(syscall(SYS_capset, &h, d)); h.version = 1; R(syscall(SYS_capget, &h, NULL));
    R(syscall(SYS_capget, &h, d)); S("%x", h.version); R(syscall(SYS_capget, BAD, d)); h.pid = 1 << 22;
    R(syscall(SYS_capget, &h, d));
}
T(refused) {
    R(mount("a", "b", "c", 0, NULL) == 12345); R(syscall(SYS_chroot, "/")); R(syscall(SYS_reboot, 0, 0, 0, 0));
    R(syscall(SYS_swapon, "x", 0)); R(syscall(SYS_acct, NULL)); R(syscall(SYS_vhangup));
    R(syscall(SYS_umount2, "/", 0)); R(syscall(SYS_pivot_root, "/", "/"));
    R(syscall(SYS_bpf, 0, 0, 0) == 12345); R(syscall(SYS_unshare, 0));
}
T(absent_numbers) {
    R(syscall(600)); R(syscall(335 + 50)); R(syscall(-1)); R(syscall(SYS_create_module));
    R(syscall(SYS_tuxcall)); R(syscall(SYS_getpmsg)); R(syscall(SYS_vserver)); R(syscall(SYS_nfsservctl));
    R(syscall(SYS__sysctl)); R(syscall(SYS_uselib)); R(syscall(SYS_epoll_ctl_old));
}
T(personality_basic) {
    R(personality(0xffffffff)); R(personality(ADDR_NO_RANDOMIZE) >= 0); S("%x", personality(0xffffffff));
    R(personality(0) >= 0); R(personality(0xffffffff));
}
T(arch_prctl_basic) {
    unsigned long v = 0; R(syscall(SYS_arch_prctl, 0x1003, &v)); R(v != 0);
    R(syscall(SYS_arch_prctl, 0x1003, BAD)); R(syscall(SYS_arch_prctl, 0x9999, 0));
    R(syscall(SYS_arch_prctl, 0x1002, 1UL << 62)); R(syscall(SYS_arch_prctl, 0x1004, &v));
}
T(set_tid) {
    int x; R(syscall(SYS_set_tid_address, &x) == gettid()); R(syscall(SYS_set_tid_address, BAD) == gettid());
    R(syscall(SYS_set_tid_address, 0) == gettid());
}
T(ioprio) {
    R(syscall(SYS_ioprio_get, 1, 0) >= 0); R(syscall(SYS_ioprio_set, 1, 0, (2 << 13) | 4));
    R(syscall(SYS_ioprio_get, 1, 0)); R(syscall(SYS_ioprio_get, 3, 0) >= 0);
    R(syscall(SYS_ioprio_get, 1U << 31, 0)); R(syscall(SYS_ioprio_get, 9, 0)); R(syscall(SYS_ioprio_set, 9, 0, 0));
}
T(memory_policy) {
    int mode = -1; R(syscall(SYS_get_mempolicy, &mode, NULL, 0, NULL, 0)); R(mode);
    R(syscall(SYS_get_mempolicy, BAD, NULL, 0, NULL, 0)); R(syscall(SYS_set_mempolicy, 0, NULL, 0));
    R(syscall(SYS_set_mempolicy, 99, NULL, 0));
}
