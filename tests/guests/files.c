// Files in the working folder, pipes, directories, mapped files, vectors.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static void regular(void) {
    int f = open("data.bin", O_RDWR | O_CREAT | O_TRUNC, 0644);
    char buffer[10000];
    for (size_t i = 0; i < sizeof buffer; i++) {
        buffer[i] = (char)(i * 13);
    }
    printf("write %zd\n", write(f, buffer, sizeof buffer));
    printf("seek %ld", (long)lseek(f, 100, SEEK_SET));
    printf(" %ld\n", (long)lseek(f, -50, SEEK_END));
    char small[64];
    printf("pread %zd", pread(f, small, 10, 9990));
    printf(" %d\n", small[3] == (char)(9993 * 13));
    printf("read %zd\n", read(f, small, sizeof small));
    struct stat s;
    fstat(f, &s);
    printf("size %ld mode %o links %ld\n", (long)s.st_size, s.st_mode, (long)s.st_nlink);
    printf("truncate %d", ftruncate(f, 5000));
    fstat(f, &s);
    printf(" size %ld\n", (long)s.st_size);
    char *map = mmap(NULL, 5000, PROT_READ | PROT_WRITE, MAP_SHARED, f, 0);
    printf("map %d %d\n", map != MAP_FAILED, map[4999] == (char)(4999 * 13));
    map[10] = 'Z';
    msync(map, 5000, MS_SYNC);
    munmap(map, 5000);
    pread(f, small, 1, 10);
    printf("through the map: %c\n", small[0]);
    struct iovec parts[2] = {{"abc", 3}, {"defg", 4}};
    printf("pwritev %zd\n", pwritev(f, parts, 2, 0));
    pread(f, small, 7, 0);
    printf("%.7s\n", small);
    int copy = dup(f);
    close(f);
    printf("after dup and close: %zd", read(copy, small, 1));
    printf(" %zd\n", read(f, small, 1));
    close(copy);
}

static int visible(const struct dirent *entry) { return entry->d_name[0] != '.'; }

static void folders(void) {
    printf("mkdir %d\n", mkdir("folder", 0755));
    printf("again %d\n", mkdir("folder", 0755) == -1 ? errno : 0);
    for (int i = 0; i < 5; i++) {
        char name[32];
        snprintf(name, sizeof name, "folder/%c.txt", 'e' - i);
        FILE *f = fopen(name, "w");
        fprintf(f, "number %d\n", i);
        fclose(f);
    }
    printf("rename %d\n", rename("folder/a.txt", "folder/z.txt"));
    struct dirent **entries;
    int count = scandir("folder", &entries, visible, alphasort);
    for (int i = 0; i < count; i++) {
        printf("%s ", entries[i]->d_name);
        char path[300];
        snprintf(path, sizeof path, "folder/%s", entries[i]->d_name);
        FILE *f = fopen(path, "r");
        char line[64] = "";
        fputs(fgets(line, sizeof line, f), stdout);
        fclose(f);
        unlink(path);
        free(entries[i]);
    }
    free(entries);
    printf("rmdir %d\n", rmdir("folder"));
    printf("access %d\n", access("folder", F_OK) == -1 ? errno : 0);
    printf("open %d\n", open("folder/none", O_RDONLY) == -1 ? errno : 0);
    char here[4096];
    printf("cwd %d\n", getcwd(here, sizeof here) != NULL && here[0] == '/');
    printf("readlink %d\n", readlink("/proc/self/exe", here, sizeof here) > 0);
    printf("unlink %d\n", unlink("data.bin"));
    printf("again %d\n", unlink("data.bin") == -1 ? errno : 0);
}

static void pipes(void) {
    int ends[2];
    printf("pipe %d\n", pipe(ends));
    printf("write %zd\n", write(ends[1], "through the pipe\n", 17));
    char line[64];
    ssize_t got = read(ends[0], line, sizeof line);
    printf("read %zd: %.*s", got, (int)got, line);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    printf("empty: %d\n", read(ends[0], line, 1) == -1 ? errno == EAGAIN : -1);
    close(ends[1]);
    printf("end: %zd\n", read(ends[0], line, 1));
    close(ends[0]);
    printf("bad descriptor %d\n", close(ends[0]) == -1 ? errno : 0);
}

int main(void) {
    umask(022);
    regular();
    folders();
    pipes();
    fflush(stdout);
    dup2(1, 9);
    dprintf(9, "through descriptor 9\n");
    return 0;
}
