// inotify: what is told of which file, in which order, and how it is read.
#include "conform.h"
#include <sys/inotify.h>

static int watching;

// All that has been told, with the cookies of moves numbered.
static void tell(void) {
    char buffer[8192] __attribute__((aligned(8)));
    unsigned cookies[32];
    int cookieCount = 0;
    ssize_t n;
    printf(" <");
    while ((n = read(watching, buffer, sizeof buffer)) > 0) {
        for (char *at = buffer; at < buffer + n;) {
            struct inotify_event *event = (void *)at;
            int cookie = 0;
            if (event->cookie) {
                for (cookie = 0; cookie < cookieCount && cookies[cookie] != event->cookie;) {
                    cookie++;
                }
                cookieCount += cookie == cookieCount;
                cookies[cookie++] = event->cookie;
            }
            printf(" %d:%x", event->wd, event->mask);
            if (event->len) {
                printf(":%s:%u", event->name, event->len);
            }
            if (cookie) {
                printf("#%d", cookie);
            }
            at += sizeof *event + event->len;
        }
    }
    printf(" >");
}

static void start(void) {
    watching = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
}

static int watch(const char *path, unsigned mask) {
    return inotify_add_watch(watching, path, mask);
}

T(watch_names) {
    start();
    R(watch(".", IN_ALL_EVENTS));
    int f = open("file", O_RDWR | O_CREAT, 0644);
    write(f, "text", 4);
    lseek(f, 0, SEEK_SET);
    char text[8];
    read(f, text, sizeof text);
    read(f, text, sizeof text);
    close(f);
    tell();
    mkdir("folder", 0755);
    symlink("file", "symbolic");
    link("file", "hard");
    mkfifo("fifo", 0644);
    tell();
    unlink("symbolic");
    unlink("hard");
    unlink("fifo");
    rmdir("folder");
    unlink("file");
    tell();
    f = open("none", O_RDONLY);
    f = open(".", O_RDONLY | O_PATH);
    close(f);
    tell();
}

T(watch_file) {
    close(make("file", "some text"));
    start();
    R(watch("file", IN_ALL_EVENTS));
    char text[16];
    int f = open("file", O_RDONLY);
    read(f, text, 4);
    read(f, text, 100);
    read(f, text, 100);
    pread(f, text, 4, 0);
    close(f);
    tell();
    f = open("file", O_WRONLY | O_APPEND);
    write(f, "x", 1);
    write(f, "", 0);
    ftruncate(f, 3);
    fchmod(f, 0600);
    futimens(f, NULL);
    fallocate(f, 0, 0, 10);
    tell();
    close(f);
    truncate("file", 2);
    chmod("file", 0644);
    struct timespec times[2] = {{1, 0}, {0, UTIME_OMIT}};
    utimensat(AT_FDCWD, "file", times, 0);
    tell();
    watch("file", IN_MODIFY | IN_CLOSE | IN_ATTRIB | IN_DELETE_SELF);
    f = open("file", O_WRONLY | O_TRUNC);
    close(f);
    link("file", "other");
    tell();
    unlink("other");
    unlink("file");
    tell();
}

T(watch_both) {
    close(make("file", "x"));
    start();
    R(watch("file", IN_ALL_EVENTS));
    R(watch(".", IN_ALL_EVENTS));
    chmod("file", 0600);
    close(open("file", O_RDONLY));
    rename("file", "moved");
    close(open("moved", O_RDONLY));
    unlink("moved");
    tell();
}

T(watch_moves) {
    mkdir("a", 0755);
    mkdir("b", 0755);
    mkdir("a/inner", 0755);
    close(make("a/one", "1"));
    close(make("b/two", "2"));
    start();
    R(watch("a", IN_ALL_EVENTS));
    R(watch("b", IN_ALL_EVENTS));
    R(watch("a/one", IN_ALL_EVENTS));
    R(watch("b/two", IN_ALL_EVENTS));
    R(watch("a/inner", IN_ALL_EVENTS));
    rename("a/one", "a/uno");
    rename("a/uno", "b/two");
    tell();
    rename("a/inner", "b/inner");
    tell();
    close(make("a/x", "x"));
    tell();
    syscall(SYS_renameat2, AT_FDCWD, "a/x", AT_FDCWD, "b/two", 2);
    tell();
    R(rename("a/none", "b/two"));
    link("b/two", "a/two");
    tell();
    R(rename("b/two", "a/two"));
    tell();
}

T(watch_open_while_moved) {
    mkdir("to", 0755);
    int f = make("log", "");
    start();
    R(watch(".", IN_MODIFY | IN_CLOSE_WRITE));
    R(watch("to", IN_MODIFY | IN_CLOSE_WRITE));
    write(f, "1", 1);
    rename("log", "log.1");
    write(f, "2", 1);
    rename("log.1", "to/log.2");
    write(f, "3", 1);
    close(f);
    tell();
}

T(watch_unlinked) {
    int f = make("file", "x");
    start();
    R(watch("file", IN_ALL_EVENTS));
    R(watch(".", IN_ALL_EVENTS));
    unlink("file");
    tell();
    write(f, "y", 1);
    tell();
    close(f);
    tell();
    f = make("file", "x");
    tell();
    R(watch(".", IN_ALL_EVENTS | IN_EXCL_UNLINK));
    write(f, "y", 1);
    unlink("file");
    write(f, "y", 1);
    close(f);
    tell();
}

T(watch_folder_itself) {
    mkdir("folder", 0755);
    start();
    R(watch("folder", IN_ALL_EVENTS));
    R(watch(".", IN_ALL_EVENTS));
    chmod("folder", 0700);
    int f = open("folder", O_RDONLY | O_DIRECTORY);
    char entries[512];
    syscall(SYS_getdents64, f, entries, sizeof entries);
    close(f);
    tell();
    rename("folder", "moved");
    tell();
    rmdir("moved");
    tell();
}

T(watch_coalesced) {
    int f = make("file", "");
    start();
    R(watch("file", IN_MODIFY | IN_ACCESS));
    for (int i = 0; i < 5; i++) {
        write(f, "x", 1);
    }
    int n = -1;
    R(ioctl(watching, FIONREAD, &n));
    S("%d", n);
    char c;
    pread(f, &c, 1, 0);
    write(f, "x", 1);
    write(f, "x", 1);
    R(ioctl(watching, FIONREAD, &n));
    S("%d", n);
    tell();
}

T(watch_buffers) {
    char buffer[64];
    start();
    R(read(watching, buffer, sizeof buffer));
    R(read(watching, buffer, 0));
    R(watch(".", IN_CREATE | IN_DELETE));
    close(make("a", ""));
    close(make("fifteen_letters", ""));
    close(make("sixteen__letters", ""));
    int n = -1;
    R(ioctl(watching, FIONREAD, &n));
    S("%d", n);
    R(read(watching, buffer, 0));
    R(read(watching, buffer, 16));
    R(read(watching, buffer, 31));
    R(read(watching, buffer, 63));
    R(read(watching, buffer, 64));
    R(read(watching, buffer, 47));
    R(read(watching, buffer, 64));
    unlink("a");
    R(read(watching, BAD, 64));
    R(write(watching, buffer, 1));
    R(lseek(watching, 0, SEEK_SET));
}

T(watch_masks) {
    close(make("file", "x"));
    start();
    R(watch("file", IN_OPEN));
    R(watch("file", IN_CLOSE | IN_MASK_ADD));
    close(open("file", O_RDONLY));
    tell();
    R(watch("file", IN_ATTRIB));
    close(open("file", O_RDONLY));
    chmod("file", 0600);
    tell();
    R(watch("file", IN_OPEN | IN_MASK_CREATE));
    R(watch("file", IN_OPEN | IN_MASK_CREATE | IN_MASK_ADD));
    R(watch("file", IN_OPEN | IN_ONLYDIR));
    R(watch(".", IN_OPEN | IN_ONLYDIR | IN_MASK_CREATE));
    symlink("file", "symbolic");
    R(watch("symbolic", IN_OPEN));
    R(watch("symbolic", IN_OPEN | IN_DONT_FOLLOW));
    R(watch("none", IN_OPEN));
    R(watch("file", 0));
    R(watch("file", IN_ONESHOT));
    R(watch(BAD, IN_OPEN));
    R(inotify_add_watch(99, "file", IN_OPEN));
    R(inotify_add_watch(1, "file", IN_OPEN));
    R(inotify_init1(1));
    R(fcntl(watching, F_GETFD));
    R(fcntl(watching, F_GETFL));
}

T(watch_removed) {
    close(make("file", "x"));
    start();
    R(watch("file", IN_OPEN));
    R(inotify_rm_watch(watching, 1));
    R(inotify_rm_watch(watching, 1));
    R(inotify_rm_watch(watching, 7));
    R(inotify_rm_watch(99, 1));
    R(inotify_rm_watch(1, 1));
    tell();
    R(watch("file", IN_OPEN | IN_ONESHOT));
    close(open("file", O_RDONLY));
    close(open("file", O_RDONLY));
    tell();
    R(watch("file", IN_OPEN));
    tell();
}

T(watch_waits) {
    struct pollfd entry;
    start();
    R(watch(".", IN_CREATE));
    int e = epoll_create1(0);
    struct epoll_event event = {EPOLLIN, {.fd = watching}};
    R(epoll_ctl(e, EPOLL_CTL_ADD, watching, &event));
    R(epoll_wait(e, &event, 1, 0));
    pid_t child = fork();
    if (child == 0) {
        usleep(10000);
        close(make("made", ""));
        _exit(0);
    }
    R(epoll_wait(e, &event, 1, 20000));
    entry = (struct pollfd){watching, POLLIN | POLLOUT, 0};
    R(poll(&entry, 1, 0));
    S("%x", entry.revents);
    fcntl(watching, F_SETFL, 0);
    char buffer[100];
    R(read(watching, buffer, sizeof buffer));
    ended(child);
    child = fork();
    if (child == 0) {
        usleep(10000);
        close(make("more", ""));
        _exit(0);
    }
    R(read(watching, buffer, sizeof buffer));
    ended(child);
}

T(watch_overflows) {
    start();
    R(watch(".", IN_CREATE | IN_DELETE));
    for (int i = 0; i < 8200; i++) {
        mknod("f", S_IFREG | 0644, 0);
        unlink("f");
    }
    char buffer[65536] __attribute__((aligned(8)));
    long count = 0;
    ssize_t n;
    unsigned last = 0;
    while ((n = read(watching, buffer, sizeof buffer)) > 0) {
        for (char *at = buffer; at < buffer + n;) {
            struct inotify_event *told = (void *)at;
            count++;
            last = told->mask;
            if (told->wd == -1) {
                S("%d %u", told->wd, told->len);
            }
            at += sizeof *told + told->len;
        }
    }
    S("%ld %x", count, last);
    mknod("f", S_IFREG | 0644, 0);
    tell();
}

T(watch_copies) {
    int from = make("from", "some text"), to = make("to", "");
    start();
    R(watch("from", IN_ALL_EVENTS));
    R(watch("to", IN_ALL_EVENTS));
    sendfile(to, from, NULL, 4);
    tell();
    loff_t zero = 0;
    copy_file_range(from, &zero, to, NULL, 4, 0);
    tell();
    int pair[2];
    pipe(pair);
    splice(from, &zero, pair[1], NULL, 2, 0);
    splice(pair[0], NULL, to, NULL, 2, 0);
    tell();
    struct iovec parts[] = {{"ab", 2}, {"c", 1}};
    writev(to, parts, 2);
    tell();
}

T(watch_sockets) {
    start();
    R(watch(".", IN_ALL_EVENTS));
    struct sockaddr_un address = {AF_UNIX, "socket"};
    int s = socket(AF_UNIX, SOCK_STREAM, 0);
    R(bind(s, (void *)&address, sizeof address));
    close(s);
    tell();
    R(rename("socket", "moved"));
    unlink("moved");
    tell();
}
