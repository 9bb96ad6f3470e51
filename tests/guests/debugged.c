// What a debugger is shown: threads, a spin, a signal with a handler; with "null" a store that kills.
// Built with -g -O0.
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static pthread_mutex_t s_lock = PTHREAD_MUTEX_INITIALIZER;
static long s_sum, s_signals;
static atomic_int s_ready;
static double s_half = 0.5;

static void add(long value) {
    pthread_mutex_lock(&s_lock);
    s_sum += value;
    pthread_mutex_unlock(&s_lock);
}

static void *work(void *argument) {
    long me = (long)argument;
    while (!atomic_load(&s_ready)) {
    }
    for (long i = 1; i <= 4; i++) {
        add(me * i);
    }
    return NULL;
}

static void handler(int number) { s_signals += number; }

int main(int argc, char **argv) {
    pthread_t threads[2];
    signal(SIGUSR1, handler);
    for (long i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, work, (void *)(i + 1));
    }
    double half = s_half * 3;
    for (volatile int i = 0; i < 20000; i++) {
    }
    atomic_store(&s_ready, 1);
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    raise(SIGUSR1);
    if (argc > 1 && !strcmp(argv[1], "null")) {
        *(volatile int *)(size_t)(argc - 2) = 1;
    }
    printf("sum %ld signals %ld half %g\n", s_sum, s_signals, half);
    return 0;
}
