// Processes by descriptor, memory of other processes, locks with priority inheritance, waits for
// several futexes.
#include "conform.h"
#include <linux/futex.h>

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x1000
#endif

static int channel[2];

static int openProcess(pid_t id, unsigned flags) {
    return syscall(SYS_pidfd_open, id, flags);
}

static pid_t waiting(void) {
    pipe(channel);
    pid_t child = fork();
    if (child == 0) {
        char c;
        close(channel[1]);
        read(channel[0], &c, 1);
        _exit(5);
    }
    close(channel[0]);
    return child;
}

T(pidfd_of_clone) {
    int f = -1;
    long child = syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, 0, &f, 0, 0);
    if (child == 0) {
        _exit(f == -1 || fcntl(f, F_GETFD) == -1 ? 3 : 4);
    }
    R(fcntl(f, F_GETFD));
    R(fcntl(f, F_GETFL));
    siginfo_t info = {0};
    R(waitid(P_PIDFD, f, &info, WEXITED));
    S("%d %d %d", info.si_pid == child, info.si_code, info.si_status);
    struct pollfd entry = {f, POLLIN, 0};
    R(poll(&entry, 1, 0));
    S("%d", entry.revents & POLLIN);
    R(syscall(SYS_pidfd_send_signal, f, 0, NULL, 0));
    R(waitid(P_PIDFD, f, &info, WEXITED));
    R(syscall(SYS_clone, CLONE_PIDFD | CLONE_PARENT_SETTID | SIGCHLD, 0, &f, 0, 0));
}

T(pidfd_waits) {
    pid_t child = waiting();
    int f = openProcess(child, O_NONBLOCK);
    siginfo_t info = {0};
    R(waitid(P_PIDFD, f, &info, WEXITED));
    R(waitid(P_PIDFD, f, &info, WEXITED | WNOHANG));
    R(waitid(P_PIDFD, 1, &info, WEXITED));
    R(waitid(P_PIDFD, 99, &info, WEXITED));
    int e = epoll_create1(0);
    struct epoll_event event = {EPOLLIN, {.fd = f}};
    R(epoll_ctl(e, EPOLL_CTL_ADD, f, &event));
    R(epoll_wait(e, &event, 1, 0));
    close(channel[1]);
    R(epoll_wait(e, &event, 1, 20000));
    R(waitid(P_PIDFD, f, &info, WEXITED | WNOWAIT));
    S("%d %d", info.si_code, info.si_status);
    fcntl(f, F_SETFL, 0);
    R(waitid(P_PIDFD, f, &info, WEXITED));
    R(read(f, &info, 1));
    R(openProcess(child, 0));
}

T(pidfd_signals) {
    pid_t child = waiting();
    int f = openProcess(child, 0);
    siginfo_t info = {.si_signo = SIGTERM, .si_code = SI_QUEUE};
    R(syscall(SYS_pidfd_send_signal, f, SIGINT, &info, 0));
    info.si_code = 0;
    R(syscall(SYS_pidfd_send_signal, f, SIGTERM, &info, 0));
    R(syscall(SYS_pidfd_send_signal, f, 99, NULL, 0));
    R(syscall(SYS_pidfd_send_signal, f, SIGTERM, BAD, 0));
    R(syscall(SYS_pidfd_send_signal, 1, 0, NULL, 0));
    info.si_code = SI_QUEUE;
    R(syscall(SYS_pidfd_send_signal, f, SIGTERM, &info, 0));
    ended(child);
    R(syscall(SYS_pidfd_send_signal, f, SIGTERM, NULL, 0));
}

T(pidfd_takes_file) {
    int back[2];
    pipe(back);
    pid_t child = fork();
    if (child == 0) {
        int own = make("theirs", "of the child");
        dup2(own, 70);
        write(back[1], "r", 1);
        pause();
    }
    char text[32] = "";
    read(back[0], text, 1);
    int f = openProcess(child, 0);
    int taken = syscall(SYS_pidfd_getfd, f, 70, 0);
    R(taken >= 0);
    R(fcntl(taken, F_GETFD));
    R(read(taken, text, 6));
    S("%s", text);
    R(syscall(SYS_pidfd_getfd, f, 71, 0));
    R(syscall(SYS_pidfd_getfd, f, 70, 1));
    R(syscall(SYS_pidfd_getfd, 1, 70, 0));
    kill(child, SIGKILL);
    ended(child);
    R(syscall(SYS_pidfd_getfd, f, 70, 0));
}

T(process_memory) {
    static char shown[] = "shown by the child";
    pid_t child = waiting();
    strcpy(shown, "changed by parent");
    char a[6] = "", b[20] = "";
    struct iovec own[] = {{a, 5}, {b, 13}};
    struct iovec theirs[] = {{shown, 9}, {shown + 9, 9}};
    R(process_vm_readv(child, own, 2, theirs, 2, 0));
    S("%s%s", a, b);
    struct iovec from = {"CHILD", 5}, to = {shown + 13, 5};
    R(process_vm_writev(child, &from, 1, &to, 1, 0));
    struct iovec whole = {b, 18}, all = {shown, 18};
    R(process_vm_readv(child, &whole, 1, &all, 1, 0));
    S("%s", b);
    struct iovec some = {b, 18}, few = {shown, 4};
    R(process_vm_readv(child, &some, 1, &few, 1, 0));
    R(process_vm_readv(child, &some, 0, &few, 1, 0));
    R(process_vm_readv(child, &some, 2000, &few, 1, 0));
    R(process_vm_readv(child, BAD, 1, &few, 1, 0));
    close(channel[1]);
    ended(child);
    R(process_vm_readv(child, &some, 1, &few, 1, 0));
}

static pthread_mutex_t lock;
static volatile int order, error;

static void *takes(void *which) {
    pthread_mutex_lock(&lock);
    order = order * 10 + (int)(intptr_t)which;
    pthread_mutex_unlock(&lock);
    return NULL;
}

static void initialize(pthread_mutex_t *mutex, int kind) {
    pthread_mutexattr_t options;
    pthread_mutexattr_init(&options);
    pthread_mutexattr_setprotocol(&options, PTHREAD_PRIO_INHERIT);
    pthread_mutexattr_setpshared(&options, PTHREAD_PROCESS_SHARED);
    if (kind) {
        pthread_mutexattr_setrobust(&options, PTHREAD_MUTEX_ROBUST);
    }
    R(pthread_mutex_init(mutex, &options));
}

T(priority_mutex) {
    pthread_t one;
    initialize(&lock, 0);
    order = 0;
    R(pthread_mutex_lock(&lock));
    R(pthread_mutex_trylock(&lock));
    pthread_create(&one, NULL, takes, (void *)1);
    usleep(1000);
    S("%d", order);
    pthread_mutex_unlock(&lock);
    pthread_join(one, NULL);
    S("%d", order);
    R(pthread_mutex_lock(&lock));
    R(pthread_mutex_unlock(&lock));
}

static void *timed(void *unused) {
    (void)unused;
    struct timespec soon;
    clock_gettime(CLOCK_REALTIME, &soon);
    soon.tv_nsec += 20000000;
    soon.tv_sec += soon.tv_nsec / 1000000000;
    soon.tv_nsec %= 1000000000;
    error = pthread_mutex_timedlock(&lock, &soon);
    return NULL;
}

T(priority_mutex_timed) {
    pthread_t one;
    initialize(&lock, 0);
    R(pthread_mutex_lock(&lock));
    pthread_create(&one, NULL, timed, NULL);
    pthread_join(one, NULL);
    R(error == ETIMEDOUT);
    R(pthread_mutex_unlock(&lock));
}

T(priority_mutex_of_dead) {
    pthread_mutex_t *shared =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    initialize(shared, 1);
    int back[2];
    pipe(back);
    pid_t child = fork();
    if (child == 0) {
        pthread_mutex_lock(shared);
        write(back[1], "r", 1);
        usleep(20000);
        _exit(0);
    }
    char c;
    read(back[0], &c, 1);
    R(pthread_mutex_lock(shared) == EOWNERDEAD);
    R(pthread_mutex_consistent(shared));
    R(pthread_mutex_unlock(shared));
    R(pthread_mutex_lock(shared));
    R(pthread_mutex_unlock(shared));
    ended(child);
    child = fork();
    if (child == 0) {
        pthread_mutex_lock(shared);
        _exit(0);
    }
    ended(child);
    R(pthread_mutex_lock(shared) == EOWNERDEAD);
}

T(priority_futex_errors) {
    static unsigned word;
    word = 999999;
    R(syscall(SYS_futex, &word, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
    word = 0;
    struct timespec wrong = {0, 2000000000};
    R(syscall(SYS_futex, &word, FUTEX_LOCK_PI, 0, &wrong, NULL, 0));
    R(syscall(SYS_futex, &word, FUTEX_LOCK_PI, 0, BAD, NULL, 0));
    R(syscall(SYS_futex, BAD, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
    R(syscall(SYS_futex, (char *)&word + 1, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
    word = FUTEX_OWNER_DIED;
    R(syscall(SYS_futex, &word, FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0));
    R(word == (FUTEX_OWNER_DIED | (unsigned)gettid()));
    R(syscall(SYS_futex, &word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
    R(word);
}

static unsigned words[3];

static void *changes(void *which) {
    usleep(10000);
    words[(intptr_t)which] = 1;
    syscall(SYS_futex, &words[(intptr_t)which], FUTEX_WAKE, 1, NULL, NULL, 0);
    return NULL;
}

T(futex_any) {
    struct futex_waitv all[3];
    for (int i = 0; i < 3; i++) {
        words[i] = 0;
        all[i] = (struct futex_waitv){0, (uintptr_t)&words[i], FUTEX_32, 0};
    }
    pthread_t thread;
    pthread_create(&thread, NULL, changes, (void *)1);
    R(syscall(SYS_futex_waitv, all, 3, 0, NULL, CLOCK_MONOTONIC));
    pthread_join(thread, NULL);
    R(syscall(SYS_futex, &words[0], FUTEX_WAKE, 1, NULL, NULL, 0));
    words[1] = 0;
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += end.tv_nsec >= 980000000;
    end.tv_nsec = (end.tv_nsec + 20000000) % 1000000000;
    R(syscall(SYS_futex_waitv, all, 3, 0, &end, CLOCK_MONOTONIC));
    R(syscall(SYS_futex_waitv, all, 3, 0, &end, CLOCK_BOOTTIME));
    R(syscall(SYS_futex_waitv, all, 129, 0, NULL, CLOCK_MONOTONIC));
    R(syscall(SYS_futex_waitv, BAD, 1, 0, NULL, CLOCK_MONOTONIC));
    all[1].flags = 0x40;
    R(syscall(SYS_futex_waitv, all, 3, 0, NULL, CLOCK_MONOTONIC));
    all[1] = (struct futex_waitv){0, (uintptr_t)&words[1], FUTEX_32, 1};
    R(syscall(SYS_futex_waitv, all, 3, 0, NULL, CLOCK_MONOTONIC));
    all[1] = (struct futex_waitv){0, (uintptr_t)BAD, FUTEX_32, 0};
    R(syscall(SYS_futex_waitv, all, 3, 0, NULL, CLOCK_MONOTONIC));
}
