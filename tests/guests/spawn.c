// Starts itself so many times, one after the other, by fork and exec or by posix_spawn.
#define _GNU_SOURCE
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv) {
    int count = argc > 1 ? atoi(argv[1]) : -1, ended = 0;
    int spawns = argc > 2 && !strcmp(argv[2], "spawn");
    if (count < 0) {
        return 3;
    }
    for (int i = 0; i < count; i++) {
        char *arguments[] = {argv[0], NULL};
        pid_t id;
        int status;
        if (spawns) {
            posix_spawn(&id, argv[0], NULL, NULL, arguments, environ);
        } else if ((id = fork()) == 0) {
            execve(argv[0], arguments, environ);
            _exit(1);
        }
        ended += waitpid(id, &status, 0) == id && WEXITSTATUS(status) == 3;
    }
    printf("%d programs\n", ended);
    return 0;
}
