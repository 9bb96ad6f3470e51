// Mutex, condition variable, atomics, thread-local storage, barrier, read-write lock, once.
// Arguments: threads, rounds.
#define _GNU_SOURCE
#include "guest.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>

enum { THREADS_MAX = 256, QUEUE = 8 };

static pthread_mutex_t s_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t s_notEmpty = PTHREAD_COND_INITIALIZER, s_notFull = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t s_table = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t s_barrier;
static pthread_once_t s_once = PTHREAD_ONCE_INIT;
static sem_t s_semaphore;
static pthread_key_t s_key;
static atomic_long s_atomic, s_once_count, s_destroyed, s_spinning;
static long s_locked, s_threads, s_rounds, s_queue[QUEUE], s_head, s_tail, s_taken, s_written;
static __thread long t_local = 100;

static void once(void) { atomic_fetch_add(&s_once_count, 1); }

static void destroyed(void *value) { atomic_fetch_add(&s_destroyed, (long)(size_t)value); }

static void put(long value) {
    pthread_mutex_lock(&s_lock);
    while (s_tail - s_head == QUEUE) {
        pthread_cond_wait(&s_notFull, &s_lock);
    }
    s_queue[s_tail++ % QUEUE] = value;
    pthread_cond_signal(&s_notEmpty);
    pthread_mutex_unlock(&s_lock);
}

static long take(void) {
    pthread_mutex_lock(&s_lock);
    while (s_tail == s_head) {
        pthread_cond_wait(&s_notEmpty, &s_lock);
    }
    long value = s_queue[s_head++ % QUEUE];
    s_taken += value;
    pthread_cond_signal(&s_notFull);
    pthread_mutex_unlock(&s_lock);
    return value;
}

static void *work(void *argumentOfThread) {
    long me = (long)(size_t)argumentOfThread;
    pthread_once(&s_once, once);
    pthread_setspecific(s_key, (void *)(size_t)(me + 1));
    t_local += me;
    for (long i = 0; i < s_rounds; i++) {
        atomic_fetch_add_explicit(&s_atomic, 1, memory_order_relaxed);
        pthread_mutex_lock(&s_lock);
        s_locked += i & 1;
        pthread_mutex_unlock(&s_lock);
        while (atomic_exchange(&s_spinning, 1)) {
            __builtin_ia32_pause();
        }
        s_written++;
        atomic_store(&s_spinning, 0);
        if (i % 16 == me % 16) {
            pthread_rwlock_wrlock(&s_table);
            pthread_rwlock_unlock(&s_table);
        } else {
            pthread_rwlock_rdlock(&s_table);
            pthread_rwlock_unlock(&s_table);
        }
        t_local += i;
    }
    pthread_barrier_wait(&s_barrier);
    if (me % 2 == 0) {
        for (long i = 0; i < s_rounds; i++) {
            put(i);
        }
    } else {
        for (long i = 0; i < s_rounds; i++) {
            take();
        }
    }
    int serial = pthread_barrier_wait(&s_barrier) == PTHREAD_BARRIER_SERIAL_THREAD;
    sem_post(&s_semaphore);
    return (void *)(size_t)(t_local * 2 + serial);
}

int main(int argc, char **argv) {
    s_threads = argument(argc, argv, 1, 8) & ~1L;
    s_rounds = argument(argc, argv, 2, 100);
    if (s_threads < 2 || s_threads > THREADS_MAX) {
        return 1;
    }
    pthread_t threads[THREADS_MAX];
    pthread_barrier_init(&s_barrier, NULL, (unsigned)s_threads);
    pthread_key_create(&s_key, destroyed);
    sem_init(&s_semaphore, 0, 0);
    for (long i = 0; i < s_threads; i++) {
        pthread_attr_t attributes;
        pthread_attr_init(&attributes);
        pthread_attr_setstacksize(&attributes, 256 << 10);
        if (pthread_create(&threads[i], &attributes, work, (void *)(size_t)i)) {
            puts("pthread_create failed");
            return 2;
        }
        pthread_attr_destroy(&attributes);
    }
    for (long i = 0; i < s_threads; i++) {
        sem_wait(&s_semaphore);
    }
    long locals = 0, serials = 0;
    for (long i = 0; i < s_threads; i++) {
        void *result;
        pthread_join(threads[i], &result);
        locals += (long)(size_t)result / 2;
        serials += (long)(size_t)result & 1;
    }
    printf("%ld threads, %ld rounds: atomic %ld locked %ld written %ld taken %ld\n", s_threads,
           s_rounds, (long)s_atomic, s_locked, s_written, s_taken);
    printf("thread-local %ld (mine %ld), once %ld, destroyed %ld, serial %ld\n", locals, t_local,
           (long)s_once_count, (long)s_destroyed, serials);
    return 0;
}
