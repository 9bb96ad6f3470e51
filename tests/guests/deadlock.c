// Two threads take two mutexes in opposite order and wait for ever.
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t s_a = PTHREAD_MUTEX_INITIALIZER, s_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t s_both;

static void *second(void *unused) {
    pthread_mutex_lock(&s_b);
    pthread_barrier_wait(&s_both);
    pthread_mutex_lock(&s_a);
    return unused;
}

int main(void) {
    pthread_t thread;
    pthread_barrier_init(&s_both, NULL, 2);
    pthread_create(&thread, NULL, second, NULL);
    pthread_mutex_lock(&s_a);
    puts("about to wait");
    fflush(stdout);
    pthread_barrier_wait(&s_both);
    pthread_mutex_lock(&s_b);
    pthread_join(thread, NULL);
    return 0;
}
