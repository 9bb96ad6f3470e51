// What the programs about signal handlers share.
#ifndef SIGNALS_H
#define SIGNALS_H

#include "cases.h"
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>

#pragma GCC diagnostic ignored "-Wunused-function" // Not every program uses all.
#pragma GCC diagnostic ignored "-Wunused-variable"

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

static volatile int count, depth, deepest;
static volatile int order[64];
static siginfo_t lastInfo;
static sigset_t maskInside;

static void note(int number) { order[count++ & 63] = number; }

static void noteInfo(int number, siginfo_t *info, void *context) {
    (void)context;
    order[count++ & 63] = number;
    lastInfo = *info;
}

static void set(int number, void *handler, int flags, int alsoMasked) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    if (flags & SA_SIGINFO) {
        action.sa_sigaction = (void (*)(int, siginfo_t *, void *))handler;
    } else {
        action.sa_handler = (void (*)(int))handler;
    }
    action.sa_flags = flags;
    sigemptyset(&action.sa_mask);
    if (alsoMasked) {
        sigaddset(&action.sa_mask, alsoMasked);
    }
    sigaction(number, &action, NULL);
    count = 0;
}

static void block(int how, int first, int second) {
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, first);
    if (second) {
        sigaddset(&mask, second);
    }
    sigprocmask(how, &mask, NULL);
}

static void printOrder(void) {
    for (int i = 0; i < count; i++) {
        printf(" %d", order[i]);
    }
}

static int isBlocked(int number) {
    sigset_t mask;
    sigprocmask(SIG_SETMASK, NULL, &mask);
    return sigismember(&mask, number);
}

static int isPending(int number) {
    sigset_t pending;
    sigpending(&pending);
    return sigismember(&pending, number);
}

static sigjmp_buf back;

static void jump(int number) {
    note(number);
    siglongjmp(back, 1);
}

#endif
