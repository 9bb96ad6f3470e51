// A program that is a table of cases: each prints a line or more, the same on every machine. Runs those
// that the command line names, or all.
#ifndef CASES_H
#define CASES_H

#include <stdio.h>
#include <string.h>

struct Case {
    const char *name;
    void (*run)(void);
};

#define CASE(name) {#name, name}

static inline int runCases(const struct Case *cases, int count, int argc, char **argv) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 0; i < count; i++) {
        int wanted = argc < 2;
        for (int a = 1; a < argc; a++) {
            wanted |= !strcmp(argv[a], cases[i].name);
        }
        if (wanted) {
            printf("%s:", cases[i].name);
            cases[i].run();
            printf("\n");
        }
    }
    return 0;
}

#endif
