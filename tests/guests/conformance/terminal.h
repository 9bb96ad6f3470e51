// What the programs about terminals share: a pseudoterminal, and what is typed and read there.
#ifndef TERMINAL_H
#define TERMINAL_H

#include "conform.h"
#include <asm/termbits.h>
#include <sys/sysmacros.h>

int posix_openpt(int);
int unlockpt(int);
int ptsname_r(int, char *, size_t);

static int master, slave;

static void show(const char *text, ssize_t n) {
    printf(" [");
    for (ssize_t i = 0; i < n; i++) {
        printf(text[i] > ' ' && text[i] < 127 && text[i] != '\\' ? "%c" : "\\%d",
               (unsigned char)text[i]);
    }
    printf("]");
}

// Reads until so many bytes have come; what comes late is no difference.
static void expect(int f, size_t wanted) {
    char text[16384];
    size_t n = 0;
    while (n < wanted) {
        struct pollfd entry = {f, POLLIN, 0};
        if (poll(&entry, 1, 20000) != 1) {
            break;
        }
        ssize_t got = read(f, text + n, wanted - n);
        if (got <= 0) {
            say(got);
            break;
        }
        n += got;
    }
    show(text, n);
}

// One read.
static void once(int f, size_t size) {
    char text[16384];
    errno = 0;
    ssize_t n = read(f, text, size);
    if (n < 0) {
        say(n);
    } else {
        show(text, n);
    }
}

static void name(char *path, size_t size) {
    ptsname_r(master, path, size);
}

static void start(void) {
    char path[64];
    master = posix_openpt(O_RDWR | O_NOCTTY);
    unlockpt(master);
    name(path, sizeof path);
    slave = open(path, O_RDWR | O_NOCTTY);
}

static void stop(void) {
    close(slave);
    close(master);
}

static struct termios settings(void) {
    struct termios t;
    ioctl(slave, TCGETS, &t);
    return t;
}

static void modify(unsigned inputOn, unsigned inputOff, unsigned outputOn, unsigned outputOff,
                   unsigned localOn, unsigned localOff) {
    struct termios t = settings();
    t.c_iflag = (t.c_iflag | inputOn) & ~inputOff;
    t.c_oflag = (t.c_oflag | outputOn) & ~outputOff;
    t.c_lflag = (t.c_lflag | localOn) & ~localOff;
    ioctl(slave, TCSETS, &t);
}

static void raw(int least, int tenths) {
    modify(0, ICRNL | IXON, 0, OPOST, 0, ICANON | ECHO | ISIG | IEXTEN);
    struct termios t = settings();
    t.c_cc[VMIN] = least;
    t.c_cc[VTIME] = tenths;
    ioctl(slave, TCSETS, &t);
}

static void put(int f, const char *text) {
    if (write(f, text, strlen(text)) != (ssize_t)strlen(text)) {
        S("short");
    }
}

static void type(const char *text) {
    put(master, text);
}

static short ready(int f, short events, int wait) {
    struct pollfd entry = {f, events, 0};
    poll(&entry, 1, wait);
    return entry.revents;
}

#endif
