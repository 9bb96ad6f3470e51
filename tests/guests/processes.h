// What programs about processes share.
#ifndef PROCESSES_H
#define PROCESSES_H

#include "cases.h"
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

static inline int waitFor(pid_t child) {
    int status = -1;
    pid_t got = waitpid(child, &status, 0);
    return got == child ? status : -1;
}

static inline void show(int status) {
    if (WIFEXITED(status)) {
        printf(" exit %d", WEXITSTATUS(status));
    } else if (WIFSIGNALED(status)) {
        printf(" signal %d", WTERMSIG(status));
    } else {
        printf(" status %x", status);
    }
}

static inline void *sleeps(void *unused) {
    (void)unused;
    pause();
    return NULL;
}

#endif
