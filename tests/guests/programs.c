// Programs that start programs: what a new one is given and what it keeps.
#define _GNU_SOURCE
#include "processes.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

extern char **environ;
static char *self;
static volatile int told;

static void onTold(int number) { told = number; }

// Runs this program as another, with a role that main below knows.
static void become(const char *role, const char *argument) {
    char *arguments[] = {self, "role", (char *)role, (char *)argument, NULL};
    execve(self, arguments, environ);
    _exit(99);
}

static int capture(char *to, int size, void (*child)(void)) {
    int ends[2], length = 0, got;
    if (pipe(ends)) {
        return -1;
    }
    pid_t id = fork();
    if (id == 0) {
        dup2(ends[1], 1);
        close(ends[0]);
        close(ends[1]);
        child();
        _exit(0);
    }
    close(ends[1]);
    while ((got = read(ends[0], to + length, size - 1 - length)) > 0) {
        length += got;
    }
    to[length] = 0;
    close(ends[0]);
    return waitFor(id);
}

static void *becomes(void *unused) {
    (void)unused;
    become("same", NULL);
    return NULL;
}

static void execInThread(void) {
    pid_t id = fork();
    if (id == 0) {
        pthread_t other, thread;
        pthread_create(&other, NULL, sleeps, NULL);
        pthread_create(&thread, NULL, becomes, NULL);
        pthread_join(thread, NULL);
        _exit(98);
    }
    show(waitFor(id));
}

static void becomeEcho(void) { become("echo", "what it was given"); }

static void execArguments(void) {
    char text[256];
    int status = capture(text, sizeof text, becomeEcho);
    printf(" '%s'", text);
    show(status);
}

static void execEnvironment(void) {
    pid_t id = fork();
    if (id == 0) {
        char *arguments[] = {"other name", "role", "environment", NULL};
        char *variables[] = {"A=1", "LONG=\xff\xfe bytes", NULL};
        execve(self, arguments, variables);
    }
    show(waitFor(id));
}

static void execErrors(void) {
    char *arguments[] = {"x", NULL};
    printf(" missing %d", execv("/no/such/file", arguments) < 0 ? errno : 0);
    printf(" folder %d", execv("/tmp", arguments) < 0 ? errno : 0);
    printf(" component %d", execv("/dev/null/x", arguments) < 0 ? errno : 0);
    printf(" empty %d", execv("", arguments) < 0 ? errno : 0);
    printf(" pointer %d", (int)syscall(SYS_execve, 8, arguments, environ) < 0 ? errno : 0);
    printf(" list %d", (int)syscall(SYS_execve, self, 8, environ) < 0 ? errno : 0);
    char name[] = "/tmp/programXXXXXX";
    int file = mkstemp(name);
    fchmod(file, 0600);
    printf(" mode %d", execv(name, arguments) < 0 ? errno : 0);
    fchmod(file, 0700);
    if (write(file, "no program\n", 11) != 11) {
        printf(" not written");
    }
    close(file);
    printf(" format %d", execv(name, arguments) < 0 ? errno : 0);
    unlink(name);
    char *huge = malloc(200000);
    memset(huge, 'x', 199999);
    huge[199999] = 0;
    char *large[] = {"x", huge, NULL};
    printf(" large %d", execv(self, large) < 0 ? errno : 0);
    free(huge);
}

static char script[64];

static void runScript(void) {
    char *arguments[] = {"ignored", "one", "two words", NULL};
    execv(script, arguments);
    printf("errno %d", errno);
    fflush(stdout);
}

static void writeScript(const char *text) {
    strcpy(script, "/tmp/scriptXXXXXX");
    int file = mkstemp(script);
    fchmod(file, 0755);
    dprintf(file, "%s", text);
    close(file);
}

static void scripts(void) {
    static const char *const first[] = {
        "#!/bin/sh\necho $# $1 $2 ${0%??????}", "#! /bin/sh -e  \necho $-", "#!/no/interpreter\n", "#!\n"};
    for (int i = 0; i < COUNT(first); i++) {
        char text[256];
        writeScript(first[i]);
        capture(text, sizeof text, runScript);
        text[strcspn(text, "\n")] = 0;
        printf(" [%s]", text);
        unlink(script);
    }
}

static void closeOnExec(void) {
    int kept = open("/dev/null", O_RDONLY), closed = open("/dev/null", O_RDONLY | O_CLOEXEC);
    char numbers[32];
    sprintf(numbers, "%d %d", kept, closed);
    pid_t id = fork();
    if (id == 0) {
        become("descriptors", numbers);
    }
    show(waitFor(id));
    close(kept);
    close(closed);
}

static void signalsAfterExec(void) {
    pid_t id = fork();
    if (id == 0) {
        signal(SIGUSR1, onTold);
        signal(SIGUSR2, SIG_IGN);
        sigset_t mask;
        sigemptyset(&mask);
        sigaddset(&mask, SIGHUP);
        sigprocmask(SIG_BLOCK, &mask, NULL);
        raise(SIGHUP);
        become("signals", NULL);
    }
    show(waitFor(id));
}

static void idAfterExec(void) {
    char number[32];
    pid_t id = fork();
    if (id == 0) {
        sprintf(number, "%d", getpid());
        become("id", number);
    }
    show(waitFor(id));
}

static void vforks(void) {
    volatile int shared = 1;
    pid_t id = vfork();
    if (id == 0) {
        shared = 8;
        _exit(2);
    }
    show(waitFor(id));
    printf(" %d", shared);
    id = vfork();
    if (id == 0) {
        become("same", NULL);
    }
    show(waitFor(id));
}

static void spawns(void) {
    pid_t id;
    char *arguments[] = {self, "role", "same", NULL};
    printf(" %d", posix_spawn(&id, self, NULL, NULL, arguments, environ));
    show(waitFor(id));
    printf(" missing %d", posix_spawn(&id, "/no/such/file", NULL, NULL, arguments, environ));
}

static void commandLine(void) {
    char text[256] = {0};
    pid_t id = fork();
    if (id == 0) {
        become("commandLine", NULL);
    }
    show(waitFor(id));
    int file = open("/proc/self/status", O_RDONLY);
    ssize_t got = read(file, text, sizeof text - 1);
    printf(" own %d", got > 0 && strstr(text, "Name:\tprograms") != NULL);
    close(file);
}

static int play(int argc, char **argv) {
    const char *role = argv[2];
    if (!strcmp(role, "same")) {
        return (pid_t)syscall(SYS_gettid) == getpid() ? 21 : 1;
    }
    if (!strcmp(role, "echo")) {
        printf("%d: %s", argc, argv[3]);
        return 4;
    }
    if (!strcmp(role, "environment")) {
        const char *bytes = getenv("LONG");
        return strcmp(argv[0], "other name") ? 1
            : environ[2] ? 2
            : bytes && !strcmp(bytes, "\xff\xfe bytes") && getenv("A") ? 30 : 3;
    }
    if (!strcmp(role, "descriptors")) {
        int kept, closed;
        sscanf(argv[3], "%d %d", &kept, &closed);
        return (fcntl(kept, F_GETFD) >= 0) * 2 + (fcntl(closed, F_GETFD) >= 0);
    }
    if (!strcmp(role, "signals")) {
        sigset_t pending, blocked;
        sigpending(&pending);
        sigprocmask(SIG_BLOCK, NULL, &blocked);
        struct sigaction first, second;
        sigaction(SIGUSR1, NULL, &first);
        sigaction(SIGUSR2, NULL, &second);
        return sigismember(&pending, SIGHUP) * 8 + sigismember(&blocked, SIGHUP) * 4
            + (first.sa_handler == SIG_DFL) * 2 + (second.sa_handler == SIG_IGN);
    }
    if (!strcmp(role, "id")) {
        return atoi(argv[3]) == getpid() ? 17 : 1;
    }
    if (!strcmp(role, "commandLine")) {
        char text[512] = {0};
        int file = open("/proc/self/cmdline", O_RDONLY);
        ssize_t got = read(file, text, sizeof text);
        size_t name = strlen(text);
        return got == (ssize_t)(name + sizeof "_role_commandLine") && !strcmp(text + name + 1, "role") ? 13 : 1;
    }
    return 1;
}

static const struct Case cases[] = {
    CASE(execInThread), CASE(execArguments), CASE(execEnvironment), CASE(execErrors), CASE(scripts),
    CASE(closeOnExec), CASE(signalsAfterExec), CASE(idAfterExec), CASE(vforks), CASE(spawns),
    CASE(commandLine),
};

int main(int argc, char **argv) {
    self = argv[0];
    if (argc > 2 && !strcmp(argv[1], "role")) {
        return play(argc, argv);
    }
    return runCases(cases, COUNT(cases), argc, argv);
}
