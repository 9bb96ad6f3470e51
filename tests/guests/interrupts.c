// Threads and signals: calls that a signal ends or that are made again, masks per thread, who takes
// what. A helper sends until the other thread says that it is done, so that nothing depends on when.
#define _GNU_SOURCE
#include "signals.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define FUTEX_WAIT 0
#define FUTEX_WAKE 1

static pthread_t mainThread;
static volatile int done, handled, ends[2], futexWord;
static int listener;
static struct timespec longTime = {1000, 0};

static void *sendUntilDone(void *argument) {
    (void)argument;
    while (!done) {
        struct timespec pause = {0, 3000000};
        nanosleep(&pause, NULL);
        if (!done) {
            pthread_kill(mainThread, SIGUSR1);
        }
    }
    return NULL;
}

static int connectToListener(void) {
    int client = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    getsockname(listener, (struct sockaddr *)&address, &length);
    fcntl(client, F_SETFL, O_NONBLOCK);
    connect(client, (struct sockaddr *)&address, length);
    return client;
}

// From the third time on, the handler itself lets the call succeed.
static void onSignal(int number) {
    (void)number;
    int kept = errno;
    handled++;
    if (handled == 3) {
        if (ends[1] && write(ends[1], "12345678", 8) != 8) {
            _exit(3);
        }
        if (listener) {
            connectToListener();
        }
        futexWord = 1;
        syscall(SYS_futex, &futexWord, FUTEX_WAKE, 1, NULL, NULL, 0);
    }
    errno = kept;
}

static char buffer[1 << 20];

static long doRead(void) { return read(ends[0], buffer, 4); }
static long doReceive(void) { return recv(ends[0], buffer, 4, 0); }
static long doReceiveAll(void) { return recv(ends[0], buffer, 6, MSG_WAITALL); }
static long doAccept(void) { return accept(listener, NULL, NULL) >= 0 ? 0 : -1; }
static long doFutex(void) {
    return syscall(SYS_futex, &futexWord, FUTEX_WAIT, 0, NULL, NULL, 0) == -1 && errno == EAGAIN
               ? 0
               : futexWord ? 0 : -1;
}
static long doFutexTimed(void) {
    return syscall(SYS_futex, &futexWord, FUTEX_WAIT, 0, &longTime, NULL, 0);
}
static long doPoll(void) {
    struct pollfd entry = {.fd = ends[0], .events = POLLOUT << 8};
    return poll(&entry, 1, -1);
}
static long doPpoll(void) { return ppoll(NULL, 0, &longTime, NULL); }
static long doSelect(void) { // The rest is told.
    struct timeval rest = {1000, 0};
    long result = select(0, NULL, NULL, NULL, &rest);
    return rest.tv_sec > 900 && rest.tv_sec < 1000 ? result : 7;
}
static long doPselect(void) { return pselect(0, NULL, NULL, NULL, NULL, NULL); }
static long doEpoll(void) {
    struct epoll_event event;
    int poller = epoll_create1(0);
    long result = epoll_wait(poller, &event, 1, -1);
    int kept = errno;
    close(poller);
    errno = kept;
    return result;
}
static long doSleep(void) {
    struct timespec rest = {0, 0};
    long result = nanosleep(&longTime, &rest);
    return result == -1 && rest.tv_sec > 900 && rest.tv_sec < 1000 ? -1 : 7;
}
static long doClockSleep(void) {
    int error = clock_nanosleep(CLOCK_MONOTONIC, 0, &longTime, NULL);
    errno = error;
    return error ? -1 : 0;
}
static long doSleepUntil(void) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 1000;
    int error = clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &until, NULL);
    errno = error;
    return error ? -1 : 0;
}
static long doPause(void) { return pause(); }
static long doSuspend(void) {
    sigset_t none;
    sigemptyset(&none);
    return sigsuspend(&none);
}
static long doTimedWait(void) {
    sigset_t other;
    sigemptyset(&other);
    sigaddset(&other, SIGHUP);
    // musl's own goes on after EINTR.
    return syscall(SYS_rt_sigtimedwait, &other, NULL, &longTime, 8);
}
static long doReceiveTimed(void) {
    struct timeval limit = {1000, 0};
    setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    return recv(ends[0], buffer, 4, 0);
}
static long doWrite(void) { // More than a pipe holds: what fits is told.
    fcntl(ends[1], F_SETPIPE_SZ, 65536);
    long result = write(ends[1], buffer, sizeof buffer);
    return result == 65536 ? 1 : result;
}
static long doSemaphore(void) {
    sem_t semaphore;
    sem_init(&semaphore, 0, 0);
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 1000;
    return sem_timedwait(&semaphore, &until);
}
static long doEvent(void) {
    int file = eventfd(0, 0);
    uint64_t value;
    long result = read(file, &value, 8);
    int kept = errno;
    close(file);
    errno = kept;
    return result;
}

enum Needs { Nothing, Pipe, Socket, Connection, Listener, FullPipe };

static const struct Call {
    const char *name;
    long (*run)(void);
    enum Needs needs;
    int mayRestart;
} calls[] = {
    {"read", doRead, Pipe, 1}, {"recv", doReceive, Socket, 1}, {"recv all", doReceiveAll, Socket, 1},
    {"accept", doAccept, Listener, 1}, {"futex", doFutex, Nothing, 1},
    {"futex timed", doFutexTimed, Nothing, 0}, {"poll", doPoll, Pipe, 0}, {"ppoll", doPpoll, Nothing, 0},
    {"select", doSelect, Nothing, 0}, {"pselect", doPselect, Nothing, 0}, {"epoll", doEpoll, Nothing, 0},
    {"nanosleep", doSleep, Nothing, 0}, {"clock_nanosleep", doClockSleep, Nothing, 0},
    {"sleep until", doSleepUntil, Nothing, 0}, {"pause", doPause, Nothing, 0},
    {"sigsuspend", doSuspend, Nothing, 0}, {"sigtimedwait", doTimedWait, Nothing, 0},
    {"recv timed", doReceiveTimed, Connection, 0}, {"write", doWrite, FullPipe, 0},
    {"sem_timedwait", doSemaphore, Nothing, 0}, {"eventfd", doEvent, Nothing, 0},
};

static void prepare(enum Needs needs) {
    int pair[2] = {0, 0};
    listener = 0;
    if (needs == Pipe || needs == FullPipe) {
        if (pipe(pair)) {
            _exit(4);
        }
    } else if (needs == Socket) {
        socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    } else if (needs == Listener || needs == Connection) {
        listener = socket(AF_INET, SOCK_STREAM, 0);
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001)};
        bind(listener, (struct sockaddr *)&address, sizeof address);
        listen(listener, 5);
    }
    if (needs == Connection) {
        pair[1] = connectToListener();
        pair[0] = accept(listener, NULL, NULL);
        close(listener);
        listener = 0;
    }
    ends[0] = pair[0];
    ends[1] = pair[1];
    futexWord = 0;
}

static void matrix(int flags) {
    for (int i = 0; i < COUNT(calls); i++) {
        prepare(calls[i].needs);
        // What is never made again must fail with the handler doing nothing.
        if (!(flags & SA_RESTART) || !calls[i].mayRestart) {
            if (calls[i].needs != FullPipe) {
                handled = 100;
            }
        } else {
            handled = 0;
        }
        struct sigaction action = {.sa_handler = onSignal, .sa_flags = flags};
        sigaction(SIGUSR1, &action, NULL);
        if (calls[i].run == doEvent && (flags & SA_RESTART)) {
            continue; // It would wait for ever.
        }
        if (calls[i].needs == FullPipe) {
            handled = 100;
        }
        done = 0;
        pthread_t helper;
        pthread_create(&helper, NULL, sendUntilDone, NULL);
        errno = 0;
        long result = calls[i].run();
        int error = errno;
        done = 1;
        pthread_join(helper, NULL);
        printf(" [%s %ld%s]", calls[i].name, result, result < 0 && error == EINTR ? " EINTR" : "");
        for (int end = 0; end < 2; end++) {
            if (ends[end]) {
                close(ends[end]);
            }
        }
        if (listener) {
            close(listener);
        }
    }
}

static void fails(void) { matrix(0); }

static void restarts(void) { matrix(SA_RESTART); }

static volatile int takers[4];
static __thread int self;
static sem_t ready, go;

static void take(int number) {
    (void)number;
    takers[self]++;
}

static void *blocksAndWaits(void *argument) {
    self = (int)(intptr_t)argument;
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR2);
    pthread_sigmask(self == 2 ? SIG_UNBLOCK : SIG_BLOCK, &mask, NULL);
    sem_post(&ready);
    while (sem_wait(&go) && errno == EINTR) {
    }
    return NULL;
}

// One thread of four takes what is sent to the process: the one that does not block it.
static void whoTakes(void) {
    struct sigaction action = {.sa_handler = take, .sa_flags = SA_RESTART};
    sigaction(SIGUSR2, &action, NULL);
    sem_init(&ready, 0, 0);
    sem_init(&go, 0, 0);
    block(SIG_BLOCK, SIGUSR2, 0);
    pthread_t threads[3];
    for (intptr_t i = 1; i <= 3; i++) {
        pthread_create(&threads[i - 1], NULL, blocksAndWaits, (void *)i);
    }
    for (int i = 0; i < 3; i++) {
        sem_wait(&ready);
    }
    for (int i = 0; i < 5; i++) {
        int before = takers[2];
        kill(getpid(), SIGUSR2);
        while (takers[2] == before) {
            sched_yield();
        }
    }
    pthread_kill(threads[0], SIGUSR2); // It blocks it: never taken.
    for (int i = 0; i < 3; i++) {
        sem_post(&go);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
    }
    block(SIG_UNBLOCK, SIGUSR2, 0);
    printf(" %d %d %d %d", takers[0], takers[1], takers[2], takers[3]);
}

static void *inherits(void *argument) {
    *(int *)argument = isBlocked(SIGHUP) * 10 + isPending(SIGHUP);
    return NULL;
}

static void inheritance(void) {
    block(SIG_BLOCK, SIGHUP, 0);
    signal(SIGHUP, note);
    raise(SIGHUP); // To this thread.
    int result = -1;
    pthread_t thread;
    pthread_create(&thread, NULL, inherits, &result);
    pthread_join(thread, NULL);
    kill(getpid(), SIGHUP); // To all.
    int second = -1;
    pthread_create(&thread, NULL, inherits, &second);
    pthread_join(thread, NULL);
    count = 0;
    block(SIG_UNBLOCK, SIGHUP, 0);
    printf(" own %d of process %d runs %d", result, second, count);
}

static void *waitsForQueue(void *argument) {
    sigset_t *set = argument;
    long sum = 0;
    for (int i = 0; i < 50; i++) {
        siginfo_t info;
        if (sigwaitinfo(set, &info) == SIGRTMIN + 5) {
            sum = sum * 3 + info.si_value.sival_int;
        }
    }
    return (void *)sum;
}

static void queueToWaiter(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 5);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    pthread_t thread;
    pthread_create(&thread, NULL, waitsForQueue, &set);
    for (int i = 0; i < 50; i++) {
        while (sigqueue(getpid(), SIGRTMIN + 5, (union sigval){.sival_int = i % 7})) {
            sched_yield();
        }
    }
    void *sum;
    pthread_join(thread, &sum);
    printf(" %ld", (long)sum);
}

static volatile int spins;

static void *spin(void *argument) {
    (void)argument;
    while (!spins) {
    }
    return NULL;
}

static void endSpin(int number) {
    (void)number;
    spins = 1;
}

// A thread that makes no call takes a signal too.
static void stopsSpinner(void) {
    spins = 0;
    signal(SIGUSR1, endSpin);
    pthread_t thread;
    pthread_create(&thread, NULL, spin, NULL);
    pthread_kill(thread, SIGUSR1);
    pthread_join(thread, NULL);
    printf(" %d", spins);
}

static volatile int cleaned;

static void cleanUp(void *argument) {
    (void)argument;
    cleaned++;
}

static void *waitsForever(void *argument) {
    (void)argument;
    pthread_cleanup_push(cleanUp, NULL);
    for (;;) {
        sleep(1000);
    }
    pthread_cleanup_pop(0);
    return NULL;
}

static void cancels(void) {
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        pthread_create(&threads[i], NULL, waitsForever, NULL);
    }
    int canceled = 0;
    for (int i = 0; i < 4; i++) {
        pthread_cancel(threads[i]);
        void *result;
        pthread_join(threads[i], &result);
        canceled += result == PTHREAD_CANCELED;
    }
    printf(" %d cleaned %d", canceled, cleaned);
}

static volatile int pings, pongs;
static pthread_t partner;

static void ping(int number) {
    (void)number;
    pings++;
    if (pings < 500) {
        pthread_kill(mainThread, SIGUSR2);
    }
}

static void pong(int number) {
    (void)number;
    pongs++;
    pthread_kill(partner, SIGUSR1);
}

static void *plays(void *argument) {
    (void)argument;
    sigset_t none;
    pthread_sigmask(SIG_SETMASK, NULL, &none);
    sigdelset(&none, SIGUSR1);
    while (pings < 500) {
        sigsuspend(&none);
    }
    return NULL;
}

static void pingPong(void) {
    set(SIGUSR1, ping, SA_RESTART, 0);
    set(SIGUSR2, pong, SA_RESTART, 0);
    block(SIG_BLOCK, SIGUSR1, 0);
    pthread_create(&partner, NULL, plays, NULL);
    pthread_kill(partner, SIGUSR1);
    pthread_join(partner, NULL);
    block(SIG_UNBLOCK, SIGUSR1, 0);
    printf(" %d %d", pings, pongs);
}

static const struct Case cases[] = {
    CASE(fails), CASE(restarts), CASE(whoTakes), CASE(inheritance), CASE(queueToWaiter),
    CASE(stopsSpinner), CASE(cancels), CASE(pingPong),
};

int main(int argc, char **argv) {
    mainThread = pthread_self();
    return runCases(cases, COUNT(cases), argc, argv);
}
