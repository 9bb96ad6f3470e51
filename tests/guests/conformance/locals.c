// Sockets of family AF_UNIX.
#include "conform.h"

static socklen_t nameLength;
static struct sockaddr_un named(const char *text) {
    struct sockaddr_un a;
    memset(&a, 0, sizeof a);
    a.sun_family = AF_UNIX;
    strcpy(a.sun_path, text);
    nameLength = offsetof(struct sockaddr_un, sun_path) + strlen(text) + 1;
    return a;
}
// An abstract name: it begins with a zero byte.
static struct sockaddr_un abstracted(const char *text) {
    struct sockaddr_un a;
    memset(&a, 0, sizeof a);
    a.sun_family = AF_UNIX;
    snprintf(a.sun_path + 1, 90, "%s-%d", text, getpid());
    nameLength = offsetof(struct sockaddr_un, sun_path) + 1 + strlen(a.sun_path + 1);
    return a;
}
#define ADDRESS(a) (struct sockaddr *)&(a), nameLength
static void says(int s) {
    char b[32] = ""; ssize_t n = recv(s, b, sizeof b - 1, MSG_DONTWAIT); if (n < 0) { say(-1);
    } else { S("%zd:%s", n, b); }
}
static void printName(struct sockaddr_un *a, socklen_t n) {
    if (n <= 2) { S("unnamed"); } else if (a->sun_path[0]) { S("%s/%d", a->sun_path, (int)n - 2);
    } else { S("abstract"); }
}

T(socketpair_stream) {
    int s[2]; R(socketpair(AF_UNIX, SOCK_STREAM, 0, s)); R(write(s[0], "hello", 5)); R(write(s[0], "more", 4));
    char b[20] = ""; R(read(s[1], b, 7)); S("%s", b); says(s[1]); says(s[1]); R(close(s[0]));
    R(read(s[1], b, 1)); signal(SIGPIPE, SIG_IGN); R(write(s[1], b, 1)); R(send(s[1], b, 1, MSG_NOSIGNAL));
}
T(socketpair_datagram) {
    int s[2]; R(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, s)); R(fcntl(s[0], F_GETFD));
    R(send(s[0], "hello", 5, 0)); R(send(s[0], "", 0, 0)); R(send(s[0], "xyz", 3, 0)); char b[9] = "";
    R(recv(s[1], b, 3, 0)); R(recv(s[1], b, 3, 0)); R(recv(s[1], b, 1, MSG_TRUNC)); R(recv(s[1], b, 3, 0));
    close(s[0]); R(send(s[1], "x", 1, 0));
}
T(socketpair_seqpacket) {
    int s[2]; R(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s)); R(write(s[0], "hello", 5)); R(write(s[0], "xy", 2));
    char b[9] = ""; R(read(s[1], b, 8)); R(recv(s[1], b, 1, MSG_TRUNC)); struct iovec v = {b, 8};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1}; R(send(s[0], "ab", 2, MSG_EOR));
    R(recvmsg(s[1], &m, 0)); S("%x", m.msg_flags); close(s[0]); R(read(s[1], b, 8));
}
T(socketpair_errors) {
    int s[2]; R(socketpair(AF_UNIX, 99, 0, s)); R(socketpair(AF_UNIX, SOCK_STREAM, 99, s));
    R(socketpair(99, SOCK_STREAM, 0, s)); R(socketpair(AF_UNIX, SOCK_STREAM, 0, BAD));
    R(socketpair(AF_INET, SOCK_STREAM, 0, s)); R(socketpair(AF_UNIX, SOCK_STREAM | 0x100, 0, s));
    R(socket(AF_UNIX, SOCK_RAW, 0) >= 0); R(socket(AF_UNIX, 99, 0)); R(socket(99, SOCK_STREAM, 0));
}
T(socketpair_shutdown) {
    int s[2]; socketpair(AF_UNIX, SOCK_STREAM, 0, s); signal(SIGPIPE, SIG_IGN); R(write(s[0], "x", 1));
    R(shutdown(s[0], SHUT_WR)); R(write(s[0], "y", 1)); char b[4]; R(read(s[1], b, 4)); R(read(s[1], b, 4));
    R(write(s[1], "z", 1)); R(shutdown(s[0], SHUT_RD)); R(read(s[0], b, 4)); R(read(s[0], b, 4));
    R(write(s[1], "z", 1)); R(shutdown(s[0], 9));
}
T(socketpair_peek) {
    int s[2]; socketpair(AF_UNIX, SOCK_STREAM, 0, s); write(s[0], "hello", 5); char b[9] = "";
    R(recv(s[1], b, 3, MSG_PEEK)); S("%s", b); R(recv(s[1], b, 8, MSG_DONTWAIT)); S("%s", b);
    R(recv(s[1], b, 8, MSG_DONTWAIT)); int n = -1; write(s[0], "abc", 3); R(ioctl(s[1], FIONREAD, &n)); R(n);
}
T(socketpair_waitall) {
    int s[2]; socketpair(AF_UNIX, SOCK_STREAM, 0, s); pid_t child = fork(); if (!child) { write(s[0], "abc", 3);
    usleep(500); write(s[0], "def", 3); _exit(0); } char b[9] = ""; R(recv(s[1], b, 6, MSG_WAITALL));
    S("%s", b); ended(child);
}
T(socketpair_poll) {
    int s[2]; socketpair(AF_UNIX, SOCK_STREAM, 0, s); struct pollfd p = {s[0], POLLIN | POLLOUT | POLLRDHUP, 0};
    R(poll(&p, 1, 0)); S("%x", p.revents); write(s[1], "x", 1); R(poll(&p, 1, 0)); S("%x", p.revents);
    shutdown(s[1], SHUT_WR); R(poll(&p, 1, 0)); S("%x", p.revents); close(s[1]); R(poll(&p, 1, 0));
    S("%x", p.revents); int u = socket(AF_UNIX, SOCK_STREAM, 0); p.fd = u; R(poll(&p, 1, 0));
    S("%x", p.revents); p.fd = socket(AF_UNIX, SOCK_DGRAM, 0); R(poll(&p, 1, 0)); S("%x", p.revents);
}
T(socketpair_full) {
    int s[2]; socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s); char b[4096] = {0}; long got, n = 0;
    while ((got = write(s[0], b, sizeof b)) > 0) { n += got; } R(got); R(n > 65536);
    struct pollfd p = {s[0], POLLOUT, 0}; R(poll(&p, 1, 0)); long r = 0;
    while ((got = read(s[1], b, sizeof b)) > 0) { r += got; } R(r == n); R(poll(&p, 1, 0));
}
T(socketpair_names) {
    int s[2]; socketpair(AF_UNIX, SOCK_STREAM, 0, s); struct sockaddr_un a; socklen_t n = sizeof a;
    R(getsockname(s[0], (void *)&a, &n)); S("%d %d", n, a.sun_family); n = sizeof a;
    R(getpeername(s[0], (void *)&a, &n)); R(n); int u = socket(AF_UNIX, SOCK_STREAM, 0);
    R(getpeername(u, (void *)&a, &n)); R(getsockname(u, BAD, &n)); R(getsockname(u, (void *)&a, BAD)); n = -1;
    R(getsockname(u, (void *)&a, &n)); R(getsockname(0, (void *)&a, &n)); R(getsockname(77, (void *)&a, &n));
}

T(stream_path) {
    int l = socket(AF_UNIX, SOCK_STREAM, 0), c = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un a = named("sock"), b;
    R(connect(c, ADDRESS(a)));
    R(bind(l, ADDRESS(a)));
    struct stat s;
    stat("sock", &s);
    S("%o", s.st_mode);
    R(connect(c, ADDRESS(a)));
    R(listen(l, 4));
    R(connect(c, ADDRESS(a)));
    R(connect(c, ADDRESS(a)));
    socklen_t n = sizeof b;
    memset(&b, 0, sizeof b);
    int d = accept4(l, (void *)&b, &n, SOCK_CLOEXEC);
    R(d >= 0);
    printName(&b, n);
    R(fcntl(d, F_GETFD));
    write(c, "hi", 2);
    says(d);
    n = sizeof b;
    R(getpeername(c, (void *)&b, &n));
    printName(&b, n);
    n = sizeof b;
    R(getsockname(d, (void *)&b, &n));
    printName(&b, n);
    R(bind(l, ADDRESS(a)));
    R(bind(socket(AF_UNIX, SOCK_STREAM, 0), ADDRESS(a)));
    R(unlink("sock"));
    R(connect(socket(AF_UNIX, SOCK_STREAM, 0), ADDRESS(a)));
    write(d, "still", 5);
    says(c);
}
T(stream_abstract) {
    int l = socket(AF_UNIX, SOCK_STREAM, 0), c = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un a = abstracted("conform"), b; R(connect(c, ADDRESS(a))); R(bind(l, ADDRESS(a)));
    R(bind(socket(AF_UNIX, SOCK_STREAM, 0), ADDRESS(a))); R(listen(l, 1)); R(connect(c, ADDRESS(a)));
    int d = accept(l, NULL, NULL); R(write(c, "abc", 3)); says(d); socklen_t n = sizeof b;
    R(getpeername(c, (void *)&b, &n)); R(n == nameLength && !memcmp(&a, &b, n)); close(l);
    R(connect(socket(AF_UNIX, SOCK_STREAM, 0), ADDRESS(a)));
    R(bind(socket(AF_UNIX, SOCK_STREAM, 0), ADDRESS(a)));
}
T(stream_processes) {
    int l = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un a = named("sock");
    bind(l, ADDRESS(a));
    listen(l, 4);
    pid_t child = fork();
    if (!child) {
        int c = socket(AF_UNIX, SOCK_STREAM, 0);
        char b[9] = "";
        int ok = !connect(c, ADDRESS(a)) && write(c, "ping", 4) == 4 && read(c, b, 8) == 4;
        _exit(ok && !strcmp(b, "pong") ? 3 : 1);
    }
    int d = accept(l, NULL, NULL);
    char b[9] = "";
    R(read(d, b, 8));
    S("%s", b);
    struct ucred u = {0, 0, 0};
    socklen_t n = sizeof u;
    R(getsockopt(d, SOL_SOCKET, SO_PEERCRED, &u, &n));
    S("%d %d", u.pid == child, u.uid == getuid());
    R(write(d, "pong", 4));
    ended(child);
    R(read(d, b, 8));
}
T(stream_backlog) {
    int l = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0); struct sockaddr_un a = named("sock");
    bind(l, ADDRESS(a)); R(accept(l, NULL, NULL)); listen(l, 0); R(accept(l, NULL, NULL)); for (int i = 0;
    i < 3; i++) { R(connect(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0), ADDRESS(a)));
    } struct pollfd p = {l, POLLIN, 0}; R(poll(&p, 1, 0)); R(accept(l, NULL, NULL) >= 0); R(poll(&p, 1, 0));
    R(accept(l, NULL, NULL));
}
T(stream_connect_then_close) {
    int l = socket(AF_UNIX, SOCK_STREAM, 0), c = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un a = named("sock"); bind(l, ADDRESS(a)); listen(l, 4); connect(c, ADDRESS(a));
    write(c, "left", 4); close(c); int d = accept(l, NULL, NULL); says(d); says(d);
    c = socket(AF_UNIX, SOCK_STREAM, 0); connect(c, ADDRESS(a)); close(l); char b; R(recv(c, &b, 1, 0));
    R(send(c, &b, 1, MSG_NOSIGNAL));
}
T(stream_errors) {
    int s = socket(AF_UNIX, SOCK_STREAM, 0); struct sockaddr_un a = named("f"); close(make("f", ""));
    R(connect(s, ADDRESS(a))); R(bind(s, ADDRESS(a))); a = named("none/sock"); R(bind(s, ADDRESS(a)));
    R(connect(s, ADDRESS(a))); a.sun_family = AF_INET; R(bind(s, ADDRESS(a))); R(connect(s, ADDRESS(a)));
    R(listen(s, 1)); R(accept(s, NULL, NULL)); R(send(s, "x", 1, MSG_NOSIGNAL)); char b; R(recv(s, &b, 1, 0));
    R(shutdown(s, SHUT_RD)); R(bind(s, BAD, 10)); R(bind(s, (void *)&a, 200)); R(connect(0, ADDRESS(a)));
    R(listen(77, 1)); R(accept(0, NULL, NULL)); R(sendto(s, "x", 1, MSG_NOSIGNAL, ADDRESS(a)));
}
T(stream_nonblocking_types) {
    int l = socket(AF_UNIX, SOCK_STREAM, 0), d = socket(AF_UNIX, SOCK_DGRAM, 0);
    struct sockaddr_un a = named("sock"); bind(l, ADDRESS(a)); listen(l, 4); R(connect(d, ADDRESS(a)));
    R(connect(socket(AF_UNIX, SOCK_SEQPACKET, 0), ADDRESS(a))); R(listen(d, 1)); R(accept(d, NULL, NULL));
    R(sendto(d, "x", 1, 0, ADDRESS(a)));
}
T(datagram_path) {
    int r = socket(AF_UNIX, SOCK_DGRAM, 0), s = socket(AF_UNIX, SOCK_DGRAM, 0);
    struct sockaddr_un a = named("r"), f;
    R(sendto(s, "x", 1, 0, ADDRESS(a)));
    R(bind(r, ADDRESS(a)));
    R(sendto(s, "one", 3, 0, ADDRESS(a)));
    R(connect(s, ADDRESS(a)));
    R(send(s, "two", 3, 0));
    struct sockaddr_un b = named("s");
    R(bind(s, ADDRESS(b)));
    R(send(s, "three", 5, 0));
    char t[9];
    for (int i = 0; i < 3; i++) {
        socklen_t n = sizeof f;
        memset(t, 0, sizeof t);
        R(recvfrom(r, t, 8, 0, (void *)&f, &n));
        S("%s", t);
        printName(&f, n);
    }
    R(recv(r, t, 8, MSG_DONTWAIT));
    R(sendto(r, "back", 4, 0, ADDRESS(b)));
    says(s);
    close(r);
    R(send(s, "x", 1, 0));
    R(send(socket(AF_UNIX, SOCK_DGRAM, 0), "x", 1, 0));
}
T(datagram_unconnect) {
    int r = socket(AF_UNIX, SOCK_DGRAM, 0), s = socket(AF_UNIX, SOCK_DGRAM, 0);
    struct sockaddr_un a = abstracted("dgram"); R(bind(r, ADDRESS(a))); R(connect(s, ADDRESS(a)));
    R(send(s, "x", 1, 0)); struct sockaddr u = {.sa_family = AF_UNSPEC}; R(connect(s, &u, sizeof u));
    R(send(s, "x", 1, 0)); says(r); says(r);
}
T(seqpacket_path) {
    int l = socket(AF_UNIX, SOCK_SEQPACKET, 0), c = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    struct sockaddr_un a = named("q"); R(bind(l, ADDRESS(a))); R(listen(l, 2)); R(connect(c, ADDRESS(a)));
    int d = accept(l, NULL, NULL); R(write(c, "ab", 2)); R(write(c, "cde", 3)); says(d); says(d); close(c);
    says(d);
}
T(autobind) {
    int s = socket(AF_UNIX, SOCK_DGRAM, 0); struct sockaddr_un a = {.sun_family = AF_UNIX};
    R(bind(s, (void *)&a, 2)); socklen_t n = sizeof a; R(getsockname(s, (void *)&a, &n));
    S("%d %d", (int)n, a.sun_path[0]);
}

static void sendDescriptors(int s, const int *fds, int count, const char *text) {
    char control[CMSG_SPACE(sizeof(int) * 8)];
    memset(control, 0, sizeof control);
    struct iovec v = {(void *)text, strlen(text)};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = CMSG_SPACE(sizeof(int) * count)};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int) * count);
    memcpy(CMSG_DATA(c), fds, sizeof(int) * count);
    R(sendmsg(s, &m, 0));
}
static int receiveDescriptors(int s, int *fds, int room, int flags) {
    char control[CMSG_SPACE(sizeof(int) * 8)], text[32] = "";
    struct iovec v = {text, 31};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = CMSG_LEN(sizeof(int) * room)};
    R(recvmsg(s, &m, flags));
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    int n = c && c->cmsg_type == SCM_RIGHTS ? (int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int)) : 0;
    S("%s %x %d", text, m.msg_flags, n);
    if (n) {
        memcpy(fds, CMSG_DATA(c), sizeof(int) * n);
    }
    return n;
}
T(rights_pass) {
    int s[2], got[8] = {0}; socketpair(AF_UNIX, SOCK_STREAM, 0, s); int f = make("a", "content");
    sendDescriptors(s[0], &f, 1, "take"); close(f); receiveDescriptors(s[1], got, 1, MSG_CMSG_CLOEXEC);
    char b[9] = ""; R(read(got[0], b, 8)); S("%s", b); R(fcntl(got[0], F_GETFD)); R(lseek(got[0], 0, SEEK_CUR));
}
T(rights_many) {
    int s[2], got[8] = {0}, fds[3] = {0, 1, 2}; socketpair(AF_UNIX, SOCK_DGRAM, 0, s);
    sendDescriptors(s[0], fds, 3, "three"); R(receiveDescriptors(s[1], got, 8, 0)); R(fcntl(got[2], F_GETFD));
    sendDescriptors(s[0], fds, 3, "cut"); R(receiveDescriptors(s[1], got, 2, 0));
    sendDescriptors(s[0], fds, 1, "plain"); char b[9] = ""; R(read(s[1], b, 8)); S("%s", b);
}
T(rights_bad) {
    int s[2], bad = 77; socketpair(AF_UNIX, SOCK_STREAM, 0, s); sendDescriptors(s[0], &bad, 1, "bad");
    says(s[1]);
}
T(rights_streams_keep_apart) {
    int s[2], got[8], f = 0; socketpair(AF_UNIX, SOCK_STREAM, 0, s); write(s[0], "before", 6);
    sendDescriptors(s[0], &f, 1, "with"); write(s[0], "after", 5); receiveDescriptors(s[1], got, 8, 0);
    receiveDescriptors(s[1], got, 8, 0); receiveDescriptors(s[1], got, 8, MSG_DONTWAIT);
}
T(rights_to_child) {
    int s[2], p[2], go[2], got[8]; char x; socketpair(AF_UNIX, SOCK_STREAM, 0, s); pipe(go); pid_t child = fork();
    if (!child) { read(go[0], &x, 1); /* Both print. */
        close(s[0]); receiveDescriptors(s[1], got, 8, 0); write(got[0], "from child", 10); _exit(0);
    } pipe(p); sendDescriptors(s[0], &p[1], 1, "pipe"); write(go[1], "x", 1); ended(child); close(p[1]); char b[16] = "";
    R(read(p[0], b, 15)); S("%s", b); R(read(p[0], b, 15));
}
T(rights_keep_open) {
    int s[2], p[2]; socketpair(AF_UNIX, SOCK_STREAM, 0, s); pipe(p); sendDescriptors(s[0], &p[1], 1, "w");
    close(p[1]); fcntl(p[0], F_SETFL, O_NONBLOCK); char b; R(read(p[0], &b, 1)); close(s[0]); close(s[1]);
    R(read(p[0], &b, 1));
}
T(credentials) {
    int s[2], on = 1; socketpair(AF_UNIX, SOCK_DGRAM, 0, s);
    R(setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on)); write(s[0], "x", 1); char control[64], t[4];
    struct iovec v = {t, 4};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    R(recvmsg(s[1], &m, 0)); struct cmsghdr *c = CMSG_FIRSTHDR(&m); struct ucred u = {0, 0, 0};
    if (c) { memcpy(&u, CMSG_DATA(c), sizeof u);
    } S("%d %d %d", c ? c->cmsg_type : -1, u.pid == getpid(), u.uid == getuid());
}
T(message_vectors) {
    int s[2]; socketpair(AF_UNIX, SOCK_STREAM, 0, s); struct iovec v[3] = {{"ab", 2}, {"cde", 3}, {"f", 1}};
    struct msghdr m = {.msg_iov = v, .msg_iovlen = 3}; R(sendmsg(s[0], &m, 0)); char x[3] = "", y[9] = "";
    struct iovec r[2] = {{x, 2}, {y, 8}}; struct msghdr n = {.msg_iov = r, .msg_iovlen = 2};
    R(recvmsg(s[1], &n, 0)); S("%s %s", x, y); R(sendmsg(s[0], BAD, 0)); m.msg_iovlen = 1025;
    R(sendmsg(s[0], &m, 0)); R(recvmsg(77, &n, 0)); R(recvmsg(0, &n, 0)); m.msg_iov = BAD; m.msg_iovlen = 1;
    R(sendmsg(s[0], &m, 0));
}
T(message_many) {
    int s[2]; socketpair(AF_UNIX, SOCK_DGRAM, 0, s); struct iovec v[2] = {{"ab", 2}, {"cde", 3}};
    struct mmsghdr m[2] = {{.msg_hdr = {.msg_iov = v, .msg_iovlen = 1}}, {.msg_hdr = {.msg_iov = v,
    .msg_iovlen = 2}}}; R(sendmmsg(s[0], m, 2, 0)); S("%d %d", m[0].msg_len, m[1].msg_len); char x[9], y[9];
    struct iovec r[2] = {{x, 8}, {y, 8}};
    struct mmsghdr g[3] = {{.msg_hdr = {.msg_iov = r, .msg_iovlen = 1}}, {.msg_hdr = {.msg_iov = r + 1,
    .msg_iovlen = 1}}, {.msg_hdr = {.msg_iov = r, .msg_iovlen = 1}}};
    R(recvmmsg(s[1], g, 3, MSG_DONTWAIT, NULL)); S("%d %d", g[0].msg_len, g[1].msg_len);
    R(recvmmsg(s[1], g, 3, MSG_DONTWAIT, NULL));
}
T(options) {
    int s = socket(AF_UNIX, SOCK_STREAM, 0), v = -1, on = 1; socklen_t n = sizeof v;
    R(getsockopt(s, SOL_SOCKET, SO_TYPE, &v, &n)); S("%d %d", v, n);
    R(getsockopt(s, SOL_SOCKET, SO_DOMAIN, &v, &n)); R(v); R(getsockopt(s, SOL_SOCKET, SO_ACCEPTCONN, &v, &n));
    R(v); R(getsockopt(s, SOL_SOCKET, SO_ERROR, &v, &n)); R(v);
    R(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
    R(getsockopt(s, SOL_SOCKET, SO_REUSEADDR, &v, &n)); R(v);
    R(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, 2)); R(setsockopt(s, SOL_SOCKET, 9999, &on, sizeof on));
    R(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, BAD, 4)); R(getsockopt(s, SOL_SOCKET, SO_TYPE, BAD, &n));
    R(getsockopt(s, SOL_SOCKET, SO_TYPE, &v, BAD)); R(getsockopt(0, SOL_SOCKET, SO_TYPE, &v, &n)); n = 2;
    v = -1; R(getsockopt(s, SOL_SOCKET, SO_TYPE, &v, &n)); S("%x %d", v, n); R(setsockopt(s, 99, 1, &on, 4));
}
T(receive_timeout) {
    int s[2]; socketpair(AF_UNIX, SOCK_STREAM, 0, s); struct timeval t = {0, 2000}, g; socklen_t n = sizeof g;
    R(setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t)); char b; R(recv(s[0], &b, 1, 0));
    R(read(s[0], &b, 1)); R(getsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &g, &n));
    S("%ld %d", g.tv_sec, g.tv_usec >= 2000);
}
T(socket_files) {
    int s[2]; socketpair(AF_UNIX, SOCK_STREAM, 0, s); char p[64], n[64];
    snprintf(n, 64, "/proc/self/fd/%d", s[0]); ssize_t l = readlink(n, p, 63); p[l > 0 ? l : 0] = 0;
    S("%.8s", p); R(open(n, O_RDWR)); R(lseek(s[0], 0, SEEK_CUR)); R(ftruncate(s[0], 0)); R(fsync(s[0]));
    R(mmap(NULL, 4096, PROT_READ, MAP_SHARED, s[0], 0)); struct sockaddr_un a = named("sock");
    int b = socket(AF_UNIX, SOCK_STREAM, 0); bind(b, ADDRESS(a)); R(open("sock", O_RDWR)); R(unlink("sock"));
}
T(socket_moves) {
    int s[2]; socketpair(AF_UNIX, SOCK_STREAM, 0, s); int f = make("a", "filedata");
    R(sendfile(s[0], f, NULL, 8)); says(s[1]); write(s[1], "sock", 4); int p[2]; pipe(p);
    R(splice(s[0], NULL, p[1], NULL, 10, 0)); char b[9] = ""; R(read(p[0], b, 8)); S("%s", b);
    write(p[1], "pipe", 4); R(splice(p[0], NULL, s[0], NULL, 10, 0)); says(s[1]);
}
