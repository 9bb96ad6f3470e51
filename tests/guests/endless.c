// Never ends. Argument: spin (default), sleep, or print.
#include <stdio.h>
#include <string.h>
#include <time.h>

int main(int argc, char **argv) {
    const char *way = argc > 1 ? argv[1] : "spin";
    puts("begun");
    fflush(stdout);
    volatile unsigned long count = 0;
    for (;;) {
        count++;
        if (!strcmp(way, "sleep")) {
            struct timespec t = {0, 1000000};
            nanosleep(&t, NULL);
        } else if (!strcmp(way, "print") && count % 1000000 == 0) {
            printf("%lu\n", count);
            fflush(stdout);
        }
    }
}
