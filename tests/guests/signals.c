// Handlers are registered, masks set and queried; no handler ever runs.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void handler(int number) {
    printf("handler ran for %d\n", number);
    exit(1);
}

int main(void) {
    struct sigaction action, old;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGTERM);
    action.sa_flags = SA_RESTART | SA_NODEFER;
    const int numbers[] = {SIGHUP, SIGINT, SIGUSR1, SIGUSR2, SIGSEGV, SIGALRM, SIGCHLD};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        int set = sigaction(numbers[i], &action, NULL);
        int got = sigaction(numbers[i], NULL, &old);
        printf("%d: %d %d %s mask %d flags %d\n", numbers[i], set, got,
               old.sa_handler == handler ? "registered" : "lost",
               sigismember(&old.sa_mask, SIGTERM), (old.sa_flags & SA_NODEFER) != 0);
    }
    printf("kill: %d\n", sigaction(SIGKILL, &action, NULL) == -1 && errno == EINVAL);
    signal(SIGPIPE, SIG_DFL); /* whoever starts it may have it ignored, as .NET does */
    printf("ignored pipe: %d\n", signal(SIGPIPE, SIG_IGN) == SIG_DFL);
    sigset_t set, mask;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGRTMIN + 3);
    printf("block: %d\n", sigprocmask(SIG_BLOCK, &set, NULL));
    sigprocmask(SIG_SETMASK, NULL, &mask);
    printf("mask: %d %d %d\n", sigismember(&mask, SIGUSR1), sigismember(&mask, SIGRTMIN + 3),
           sigismember(&mask, SIGUSR2));
    printf("unblock: %d\n", sigprocmask(SIG_UNBLOCK, &set, &mask));
    sigset_t pending;
    sigpending(&pending);
    printf("pending: %d\n", sigismember(&pending, SIGUSR1));
    stack_t stack = {.ss_sp = malloc(65536), .ss_size = 65536}, was;
    printf("stack: %d", sigaltstack(&stack, NULL));
    printf(" %d", sigaltstack(NULL, &was));
    printf(" size %zu\n", was.ss_size);
    return 0;
}
