// Looks at its clocks as often as it can, on several threads, and says whether one ever went back.
//   clockwatch looks N THREADS   N looks of each thread, each after one that another has published
//   clockwatch sleep MS          looks, sleeps for so many milliseconds, and looks again
//   clockwatch until FILE        makes FILE.looking, and looks until there is a FILE
// The longest gap is that between two looks of one thread.
#define _GNU_SOURCE
#include "guest.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { THREADS_MAX = 64, LOOKS_BETWEEN_FILES = 200 };

static atomic_ullong latest, back, longest;
static long looks;
static const char *file;

// By the kernel, whatever the C library would make of it.
static uint64_t now(void) {
    struct timespec t;
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void raiseTo(atomic_ullong *to, uint64_t value) {
    unsigned long long seen = atomic_load(to);
    while (seen < value && !atomic_compare_exchange_weak(to, &seen, value)) {
    }
}

static uint64_t look(uint64_t own) {
    uint64_t published = atomic_load(&latest);
    uint64_t t = now();
    if (t < published || t < own) {
        atomic_fetch_add(&back, 1);
    }

    raiseTo(&latest, t);
    if (own != 0) {
        raiseTo(&longest, t - own);
    }

    return t;
}

static void *watch(void *unused) {
    uint64_t own = 0;
    for (long i = 0; file != NULL || i < looks; i++) {
        own = look(own);
        if (file != NULL && i % LOOKS_BETWEEN_FILES == 0 && access(file, F_OK) == 0) {
            break;
        }
    }

    return unused;
}

int main(int argc, char **argv) {
    int isFile = argc == 3 && strcmp(argv[1], "until") == 0;
    file = isFile ? argv[2] : NULL;
    looks = argument(argc, argv, 2, 1000);
    long sleepMs = argc == 3 && strcmp(argv[1], "sleep") == 0 ? looks : 0;
    int threads = isFile ? 1 : (int)argument(argc, argv, 3, 1);
    if (argc < 3 || threads < 1 || threads > THREADS_MAX) {
        return 2;
    }

    if (isFile) {
        char name[256];
        snprintf(name, sizeof name, "%s.looking", file);
        FILE *made = fopen(name, "w");
        if (made == NULL) {
            return 3;
        }

        fclose(made);
    }

    uint64_t begin = now();
    pthread_t ids[THREADS_MAX];
    for (int i = 1; i < threads; i++) {
        pthread_create(&ids[i], NULL, watch, NULL);
    }

    if (sleepMs > 0) {
        looks = 1;
        usleep(sleepMs * 1000);
    }

    watch(NULL);
    for (int i = 1; i < threads; i++) {
        pthread_join(ids[i], NULL);
    }

    printf("%llu went back; longest gap %llu ns; span %llu ns; shows %llu ns\n",
           (unsigned long long)back, (unsigned long long)longest, (unsigned long long)(now() - begin),
           (unsigned long long)now());
    return back != 0;
}
