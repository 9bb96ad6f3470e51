// Pseudoterminals: opening, line discipline, settings, flow.
#include "terminal.h"

T(pty_open) {
    char path[64];
    struct stat status;
    int number = -1, locked = -1;
    master = posix_openpt(O_RDWR | O_NOCTTY);
    OK(master);
    OK(ioctl(master, TIOCGPTN, &number));
    name(path, sizeof path);
    R(ioctl(master, TIOCGPTLCK, &locked));
    S("%d", locked);
    R(open(path, O_RDWR | O_NOCTTY));
    R(unlockpt(master));
    slave = open(path, O_RDWR | O_NOCTTY);
    OK(slave);
    R(isatty(master));
    R(isatty(slave));
    fstat(slave, &status);
    S("%o %u %d", status.st_mode & S_IFMT, major(status.st_rdev),
      (int)minor(status.st_rdev) == number);
    fstat(master, &status);
    S("%o %u %u", status.st_mode & S_IFMT, major(status.st_rdev), minor(status.st_rdev));
    R(ioctl(slave, TIOCGPTN, &number));
    char link[64], own[64];
    snprintf(own, sizeof own, "/proc/self/fd/%d", slave);
    ssize_t n = readlink(own, link, sizeof link);
    S("%d", n == (ssize_t)strlen(path) && !memcmp(link, path, n));
    R(lseek(slave, 0, SEEK_SET));
    stop();
    R(access(path, F_OK));
}

T(pty_peer) {
    start();
    int other = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    OK(other);
    R(fcntl(other, F_GETFD));
    type("peer\n");
    once(other, 100);
    put(other, "out");
    expect(master, 9);
    close(other);
    stop();
}

T(pty_settings) {
    start();
    struct termios t = settings();
    S("%x %x %x %x %d", t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag, t.c_line);
    show((char *)t.c_cc, NCCS);
    struct termios2 two;
    R(ioctl(slave, TCGETS2, &two));
    S("%u %u", two.c_ispeed, two.c_ospeed);
    two.c_cflag = (two.c_cflag & ~CBAUD) | B115200 | PARENB;
    R(ioctl(slave, TCSETS2, &two));
    R(ioctl(slave, TCGETS2, &two));
    S("%x %u %u", two.c_cflag, two.c_ispeed, two.c_ospeed);
    two.c_cflag = (two.c_cflag & ~CBAUD) | BOTHER;
    two.c_ospeed = 12345;
    R(ioctl(slave, TCSETSW2, &two));
    R(ioctl(slave, TCGETS2, &two));
    S("%x %u %u", two.c_cflag, two.c_ispeed, two.c_ospeed);
    R(ioctl(master, TCGETS, &t));
    S("%x", t.c_lflag);
    t.c_lflag &= ~ECHO;
    R(ioctl(master, TCSETS, &t));
    S("%x", settings().c_lflag);
    R(ioctl(slave, TCGETS, BAD));
    R(ioctl(slave, TCSETSF, BAD));
    int pair[2];
    pipe(pair);
    R(ioctl(pair[0], TCGETS, &t));
    int line = 7;
    R(ioctl(slave, TIOCGETD, &line));
    S("%d", line);
    stop();
}

T(line_canonical) {
    start();
    type("hello\nwor");
    once(slave, 100);
    expect(master, 10);
    int n = -1;
    type("ld\nmore\n");
    expect(master, 10);
    R(ioctl(slave, FIONREAD, &n));
    S("%d", n);
    once(slave, 3);
    once(slave, 100);
    once(slave, 100);
    fcntl(slave, F_SETFL, O_RDWR | O_NONBLOCK);
    once(slave, 100);
    R(ready(slave, POLLIN | POLLOUT, 0));
    stop();
}

T(line_erase) {
    start();
    type("abx\177c\n");
    once(slave, 100);
    expect(master, 9);
    type("one two_3  \027\027x\n");
    once(slave, 100);
    expect(master, 40);
    stop();
}

T(line_erase_kinds) {
    start();
    type("a\001b\177\177\177\177z\n");
    once(slave, 100);
    expect(master, 17);
    type("kill me\025ok\n");
    once(slave, 100);
    expect(master, 32);
    put(slave, "$ ");
    expect(master, 2);
    type("a\tb\t\177\177\177c\n");
    once(slave, 100);
    expect(master, 19);
    stop();
}

T(line_kill_styles) {
    start();
    modify(0, 0, 0, 0, 0, ECHOKE);
    type("kill me\025ok\n");
    once(slave, 100);
    expect(master, 15);
    modify(0, 0, 0, 0, 0, ECHOK);
    type("no\025ok\n");
    once(slave, 100);
    expect(master, 8);
    modify(0, 0, 0, 0, 0, ECHOE);
    type("ab\177c\n");
    once(slave, 100);
    expect(master, 7);
    modify(0, 0, 0, 0, ECHOPRT | ECHOE, 0);
    type("abc\177\177d\n");
    once(slave, 100);
    expect(master, 10);
    stop();
}

T(line_erase_utf8) {
    start();
    modify(IUTF8, 0, 0, 0, 0, 0);
    type("a\303\244\342\202\254\177\177b\n");
    once(slave, 100);
    expect(master, 15);
    stop();
}

T(line_literal) {
    start();
    type("a\026\003\026\n\026\177b\n");
    once(slave, 100);
    expect(master, 16);
    type("redo\022\n");
    once(slave, 100);
    expect(master, 14);
    stop();
}

T(line_end_of_file) {
    start();
    type("abc\004def\004\004");
    once(slave, 100);
    once(slave, 3);
    once(slave, 100);
    expect(master, 6);
    type("\004x\n");
    once(slave, 100);
    once(slave, 100);
    stop();
}

T(line_other_ends) {
    start();
    struct termios t = settings();
    t.c_cc[VEOL] = ';';
    t.c_cc[VEOL2] = '/';
    t.c_cc[VEOF] = '!';
    ioctl(slave, TCSETS, &t);
    type("a;b/c!d\n");
    once(slave, 100);
    once(slave, 100);
    once(slave, 100);
    once(slave, 100);
    expect(master, 8);
    stop();
}

T(line_input_flags) {
    start();
    modify(0, 0, 0, 0, 0, ECHO);
    type("a\rb\n");
    once(slave, 100);
    once(slave, 100);
    modify(IGNCR, 0, 0, 0, 0, 0);
    type("a\rb\n");
    once(slave, 100);
    modify(INLCR, ICRNL | IGNCR, 0, 0, 0, ICANON);
    type("a\rb\nc");
    expect(slave, 5);
    modify(ISTRIP | IUCLC, INLCR, 0, 0, 0, 0);
    type("\341BC");
    expect(slave, 3);
    stop();
}

T(line_output_flags) {
    start();
    put(slave, "a\nb\r");
    expect(master, 5);
    modify(0, 0, OCRNL, ONLCR, 0, 0);
    put(slave, "a\nb\r");
    expect(master, 4);
    modify(0, 0, ONOCR | OLCUC | TAB3, OCRNL, 0, 0);
    put(slave, "\rab\r\tc\td\n");
    expect(master, 21);
    modify(0, 0, ONLRET, 0, 0, 0);
    put(slave, "x\n\ry");
    expect(master, 3);
    modify(0, 0, 0, OPOST, 0, 0);
    put(slave, "a\n\tb");
    expect(master, 4);
    stop();
}

T(line_echo_flags) {
    start();
    modify(0, 0, 0, 0, ECHONL, ECHO);
    type("quiet\n");
    once(slave, 100);
    expect(master, 2);
    modify(0, 0, 0, 0, ECHO, ECHOCTL);
    type("a\001b\n");
    once(slave, 100);
    expect(master, 5);
    modify(0, 0, 0, 0, ECHOCTL, ICANON);
    type("a\tb\002\n\r");
    expect(slave, 6);
    expect(master, 9);
    stop();
}

T(raw_least) {
    start();
    raw(3, 0);
    pid_t child = fork();
    if (child == 0) {
        type("ab");
        usleep(20000);
        type("cd");
        _exit(0);
    }
    once(slave, 100);
    ended(child);
    raw(1, 0);
    type("xyz");
    once(slave, 2);
    once(slave, 1);
    raw(0, 0);
    once(slave, 100);
    type("now");
    R(ready(slave, POLLIN, 20000));
    once(slave, 100);
    stop();
}

T(raw_time) {
    start();
    struct timespec before, after;
    raw(0, 2);
    clock_gettime(CLOCK_MONOTONIC, &before);
    once(slave, 100);
    clock_gettime(CLOCK_MONOTONIC, &after);
    S("%d", (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000 >= 150);
    raw(5, 1);
    type("ab");
    once(slave, 100);
    raw(0, 1);
    fcntl(slave, F_SETFL, O_RDWR | O_NONBLOCK);
    once(slave, 100);
    raw(0, 0);
    once(slave, 100);
    raw(2, 0);
    once(slave, 100);
    R(ready(slave, POLLIN, 0));
    type("12");
    R(ready(slave, POLLIN, 20000));
    once(slave, 100);
    stop();
}

T(raw_to_canonical) {
    start();
    raw(1, 0);
    type("typed ahead");
    R(ready(slave, POLLIN, 20000));
    int n;
    while (ioctl(slave, FIONREAD, &n) == 0 && n < 11) {
        usleep(1000);
    }
    modify(0, 0, 0, 0, ICANON, 0);
    R(ready(slave, POLLIN, 20000));
    once(slave, 100);
    type("half");
    type("\004");
    once(slave, 100);
    stop();
}

T(line_too_long) {
    start();
    modify(0, 0, 0, 0, 0, ECHO);
    static char line[5000];
    memset(line, 'x', sizeof line);
    line[4990] = 'y';
    R(write(master, line, sizeof line));
    type("\n");
    char got[8192];
    ssize_t n = read(slave, got, sizeof got);
    S("%zd %c %d", n, got[n - 2], got[n - 1]);
    stop();
}

T(line_flush) {
    start();
    modify(0, 0, 0, 0, 0, ECHO);
    type("gone\n");
    R(ready(slave, POLLIN, 20000));
    R(ioctl(slave, TCFLSH, 0));
    int n = -1;
    R(ioctl(slave, FIONREAD, &n));
    S("%d", n);
    type("too\n");
    R(ready(slave, POLLIN, 20000));
    struct termios t = settings();
    R(ioctl(slave, TCSETSF, &t));
    fcntl(slave, F_SETFL, O_RDWR | O_NONBLOCK);
    once(slave, 100);
    R(ioctl(slave, TCFLSH, 3));
    R(ioctl(slave, TCSBRK, 1));
    R(ioctl(slave, TIOCOUTQ, &n));
    S("%d", n);
    stop();
}

T(flow_characters) {
    start();
    modify(0, 0, 0, 0, 0, ECHO);
    fcntl(slave, F_SETFL, O_RDWR | O_NONBLOCK);
    type("\023.\n");
    R(ready(slave, POLLIN, 20000));
    R(write(slave, "stopped", 7));
    R(ready(slave, POLLOUT, 0));
    type("\021");
    R(ready(slave, POLLOUT, 20000));
    R(write(slave, "on", 2));
    expect(master, 2);
    R(ioctl(slave, TCXONC, 0));
    R(write(slave, "off", 3));
    R(ioctl(slave, TCXONC, 1));
    R(write(slave, "on", 2));
    expect(master, 2);
    R(ioctl(slave, TCXONC, 2));
    expect(master, 1);
    R(ioctl(slave, TCXONC, 4));
    stop();
}

T(output_waits_for_reader) {
    start();
    modify(0, 0, 0, OPOST, 0, 0);
    pid_t child = fork();
    if (child == 0) {
        static char all[100000];
        memset(all, 'o', sizeof all);
        _exit(write(slave, all, sizeof all) == sizeof all ? 0 : 1);
    }
    static char got[4096];
    size_t sum = 0;
    while (sum < 100000) {
        ssize_t n = read(master, got, sizeof got);
        if (n <= 0) {
            break;
        }
        sum += n;
    }
    S("%zu", sum);
    ended(child);
    fcntl(slave, F_SETFL, O_RDWR | O_NONBLOCK);
    ssize_t n = 0;
    for (int i = 0; i < 100 && n >= 0; i++) {
        n = write(slave, got, sizeof got);
    }
    say(n);
    stop();
}

T(master_waits_for_slave) {
    start();
    raw(1, 0);
    fcntl(master, F_SETFL, O_RDWR | O_NONBLOCK);
    static char all[4096];
    memset(all, 'i', sizeof all);
    ssize_t n = 0;
    for (int i = 0; i < 100 && n >= 0; i++) {
        n = write(master, all, sizeof all);
    }
    say(n);
    fcntl(slave, F_SETFL, O_RDWR | O_NONBLOCK);
    while (ready(slave, POLLIN, 100) && read(slave, all, sizeof all) > 0) {
    }
    R(ready(master, POLLOUT, 20000));
    stop();
}

T(packet_mode) {
    start();
    int on = 1;
    R(ioctl(master, TIOCPKT, &on));
    R(ioctl(master, TIOCGPKT, &on));
    S("%d", on);
    put(slave, "data");
    once(master, 100);
    struct termios t = settings();
    t.c_iflag &= ~IXON;
    ioctl(slave, TCSETS, &t);
    R(ready(master, POLLIN | POLLPRI, 20000));
    once(master, 100);
    t.c_iflag |= IXON;
    ioctl(slave, TCSETS, &t);
    once(master, 100);
    ioctl(slave, TCXONC, 0);
    once(master, 100);
    ioctl(slave, TCXONC, 1);
    once(master, 100);
    ioctl(slave, TCFLSH, 0);
    once(master, 100);
    on = 0;
    R(ioctl(master, TIOCPKT, &on));
    put(slave, "plain");
    once(master, 100);
    stop();
}

T(pty_slave_closed) {
    char path[64];
    start();
    name(path, sizeof path);
    put(slave, "last");
    close(slave);
    R(ready(master, POLLIN, 20000));
    once(master, 100);
    once(master, 100);
    R(ready(master, POLLIN | POLLOUT, 0));
    slave = open(path, O_RDWR | O_NOCTTY);
    OK(slave);
    R(ready(master, POLLIN | POLLOUT, 0));
    put(slave, "again");
    once(master, 100);
    stop();
}

T(pty_never_opened) {
    master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    unlockpt(master);
    once(master, 100);
    R(ready(master, POLLIN | POLLOUT, 0));
    type("early\n");
    expect(master, 7);
    char path[64];
    name(path, sizeof path);
    slave = open(path, O_RDWR | O_NOCTTY);
    once(slave, 100);
    stop();
}

T(pty_epoll) {
    start();
    int e = epoll_create1(0);
    struct epoll_event event = {EPOLLIN | EPOLLET, {.fd = 1}};
    epoll_ctl(e, EPOLL_CTL_ADD, master, &event);
    event.data.fd = 2;
    epoll_ctl(e, EPOLL_CTL_ADD, slave, &event);
    R(epoll_wait(e, &event, 1, 0));
    put(slave, "x");
    R(epoll_wait(e, &event, 1, 20000));
    S("%d %x", event.data.fd, event.events);
    expect(master, 1);
    modify(0, 0, 0, 0, 0, ECHO);
    type("y\n");
    R(epoll_wait(e, &event, 1, 20000));
    S("%d %x", event.data.fd, event.events);
    stop();
}

T(pty_vectors) {
    start();
    modify(0, 0, 0, 0, 0, ECHO);
    char a[3], b[10];
    struct iovec parts[] = {{a, sizeof a}, {b, sizeof b}};
    type("scatter\n");
    R(ready(slave, POLLIN, 20000));
    ssize_t n = readv(slave, parts, 2);
    say(n);
    show(a, 3);
    show(b, n - 3);
    struct iovec out[] = {{"ga", 2}, {"ther", 4}};
    R(writev(slave, out, 2));
    expect(master, 6);
    R(read(slave, BAD, 0));
    type("kept\n");
    R(ready(slave, POLLIN, 20000));
    R(read(slave, BAD, 10));
    stop();
}
