// measure FILE PROGRAM ARGS...: runs the program and writes one line to FILE when it ends: user and
// system CPU microseconds and peak resident KiB of it and all it waited for, wall microseconds,
// wait status.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long wallMicroseconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static long long microseconds(struct timeval t) { return t.tv_sec * 1000000LL + t.tv_usec; }

int main(int argc, char **argv) {
    if (argc < 3) {
        fputs("usage: measure FILE PROGRAM ARGS...\n", stderr);
        return 2;
    }
    long long begin = wallMicroseconds();
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(127);
    }
    int status;
    struct rusage usage;
    if (child < 0 || wait4(child, &status, 0, &usage) != child) {
        perror("measure");
        return 1;
    }
    FILE *file = fopen(argv[1], "w");
    if (!file) {
        perror(argv[1]);
        return 1;
    }
    fprintf(file, "%lld %lld %ld %lld %d\n", microseconds(usage.ru_utime),
            microseconds(usage.ru_stime), usage.ru_maxrss, wallMicroseconds() - begin, status);
    fclose(file);
    return 0;
}
