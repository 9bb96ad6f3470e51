// How many processors this machine has, by every way a program asks.
#define _GNU_SOURCE
#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

static int countLines(const char *path, const char *prefix) {
    FILE *f = fopen(path, "r");
    char line[4096];
    int count = 0;
    while (f && fgets(line, sizeof line, f)) {
        size_t length = strlen(prefix);
        count += strncmp(line, prefix, length) == 0 && line[length] >= '0' && line[length] <= '9';
    }
    if (f) {
        fclose(f);
    } else {
        count = -1;
    }
    return count;
}

static int processors(void) {
    FILE *f = fopen("/proc/cpuinfo", "r");
    char line[4096];
    int count = 0;
    while (f && fgets(line, sizeof line, f)) {
        count += strncmp(line, "processor", 9) == 0;
    }
    if (f) {
        fclose(f);
    }
    return count;
}

static int folders(void) {
    DIR *d = opendir("/sys/devices/system/cpu");
    int count = 0;
    for (struct dirent *e; d && (e = readdir(d));) {
        count += strncmp(e->d_name, "cpu", 3) == 0 && e->d_name[3] >= '0' && e->d_name[3] <= '9';
    }
    if (d) {
        closedir(d);
    }
    return count;
}

int main(void) {
    cpu_set_t set;
    sched_getaffinity(0, sizeof set, &set);
    char online[64] = "?\n";
    FILE *f = fopen("/sys/devices/system/cpu/online", "r");
    if (f) {
        fgets(online, sizeof online, f);
        fclose(f);
    }
    printf("configured %ld\nonline %ld\naffinity %d\n", sysconf(_SC_NPROCESSORS_CONF),
           sysconf(_SC_NPROCESSORS_ONLN), CPU_COUNT(&set));
    printf("cpuinfo %d\nstat %d\nsys %d\nrange %s", processors(), countLines("/proc/stat", "cpu"),
           folders(), online);
    printf("inside %d\n", sched_getcpu() >= 0 && sched_getcpu() < sysconf(_SC_NPROCESSORS_CONF));
    return 0;
}
