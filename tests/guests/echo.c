// Arguments, environment and standard input come through untouched.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        printf("argument %d: [%s]\n", i, argv[i]);
    }
    char line[256];
    size_t lines = 0, bytes = 0;
    while (fgets(line, sizeof line, stdin)) {
        lines++;
        bytes += strlen(line);
        fputs(line, stdout);
    }
    printf("%zu lines, %zu bytes\n", lines, bytes);
    printf("page size %ld, auxv %lu\n", sysconf(_SC_PAGESIZE), getauxval(AT_PAGESZ));
    fprintf(stderr, "standard error\n");
    return argc > 1 ? 7 : 0;
}
