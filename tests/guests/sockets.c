// Talks to itself over UDP, TCP and a socket pair, in every way programs do.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "guest.h"

#define CHECK(what)                                                     \
    do {                                                                \
        if ((what) < 0) {                                               \
            printf("%s: %s\n", #what, strerror(errno));                 \
            exit(1);                                                    \
        }                                                               \
    } while (0)

static struct sockaddr_in loopback(int port) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
}

static int boundSocket(int type, struct sockaddr_in *a) {
    int s = socket(AF_INET, type, 0);
    CHECK(s);
    *a = loopback(0);
    CHECK(bind(s, (struct sockaddr *)a, sizeof *a));
    socklen_t length = sizeof *a;
    CHECK(getsockname(s, (struct sockaddr *)a, &length));
    return s;
}

// musl and glibc word strerror differently.
static const char *name(int error) {
    switch (error) {
    case EAGAIN: return "EAGAIN";
    case ECONNREFUSED: return "ECONNREFUSED";
    case EINPROGRESS: return "EINPROGRESS";
    case EADDRINUSE: return "EADDRINUSE";
    case ENOTCONN: return "ENOTCONN";
    case EISCONN: return "EISCONN";
    case EPIPE: return "EPIPE";
    case ECONNRESET: return "ECONNRESET";
    case ENOTSOCK: return "ENOTSOCK";
    case EAFNOSUPPORT: return "EAFNOSUPPORT";
    case ENOPROTOOPT: return "ENOPROTOOPT";
    default: return strerror(error);
    }
}

static void tell(const char *what, long result) {
    printf("%s: %ld %s\n", what, result, result < 0 ? name(errno) : "");
}

static void datagrams(void) {
    struct sockaddr_in a, b, from;
    int one = boundSocket(SOCK_DGRAM, &a), two = boundSocket(SOCK_DGRAM, &b);
    char buffer[100] = {0};
    socklen_t length = sizeof from;
    printf("sendto %zd\n", sendto(one, "hello datagram", 14, 0, (struct sockaddr *)&b, sizeof b));
    int waiting = -1;
    CHECK(ioctl(two, FIONREAD, &waiting));
    printf("waiting %d\n", waiting);
    printf("peek %zd\n", recv(two, buffer, 5, MSG_PEEK));
    printf("peek, whole length %zd\n", recv(two, buffer, 5, MSG_PEEK | MSG_TRUNC));
    ssize_t got = recvfrom(two, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &length);
    printf("recvfrom %zd '%s' from the right port %d\n", got, buffer, from.sin_port == a.sin_port);
    tell("nothing more", recv(two, buffer, 1, MSG_DONTWAIT));
    printf("an empty one: %zd\n", sendto(one, "", 0, 0, (struct sockaddr *)&b, sizeof b));
    printf("comes: %zd\n", recv(two, buffer, sizeof buffer, 0));

    struct iovec parts[3] = {{"ab", 2}, {"", 0}, {"cdefg", 5}};
    struct msghdr message = {.msg_name = &b, .msg_namelen = sizeof b, .msg_iov = parts, .msg_iovlen = 3};
    printf("sendmsg %zd\n", sendmsg(one, &message, 0));
    char x[3], y[2];
    struct iovec places[2] = {{x, 3}, {y, 2}};
    struct msghdr into = {.msg_iov = places, .msg_iovlen = 2};
    got = recvmsg(two, &into, 0);
    printf("recvmsg %zd %.3s %.2s cut %d\n", got, x, y, (into.msg_flags & MSG_TRUNC) != 0);

    CHECK(connect(one, (struct sockaddr *)&b, sizeof b));
    struct mmsghdr many[3];
    memset(many, 0, sizeof many);
    struct iovec each[3] = {{"1", 1}, {"22", 2}, {"333", 3}};
    for (int i = 0; i < 3; i++) many[i].msg_hdr = (struct msghdr){.msg_iov = &each[i], .msg_iovlen = 1};
    int count = sendmmsg(one, many, 3, 0);
    printf("sendmmsg %d lengths %u %u %u\n", count, many[0].msg_len, many[1].msg_len,
           many[2].msg_len);
    char room[4][8];
    struct mmsghdr in[4];
    struct iovec rooms[4];
    memset(in, 0, sizeof in);
    for (int i = 0; i < 4; i++) {
        rooms[i] = (struct iovec){room[i], 8};
        in[i].msg_hdr = (struct msghdr){.msg_iov = &rooms[i], .msg_iovlen = 1};
    }
    count = recvmmsg(two, in, 4, MSG_WAITFORONE, NULL);
    printf("recvmmsg %d lengths %u %u %u\n", count, in[0].msg_len, in[1].msg_len, in[2].msg_len);

    close(two);
    printf("to a closed port: %zd\n", send(one, "x", 1, 0));
    struct pollfd p = {.fd = one, .events = POLLIN};
    CHECK(poll(&p, 1, 1000));
    tell("then", send(one, "x", 1, 0));
    CHECK(setsockopt(one, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){0, 20000}, sizeof(struct timeval)));
    recv(one, buffer, 1, MSG_DONTWAIT);
    recv(one, buffer, 1, MSG_DONTWAIT);
    got = recv(one, buffer, 1, 0);
    tell("time-out", got);
    close(one);
}

#define TOTAL (3 << 20)

static void *sender(void *argument) {
    struct sockaddr_in to = *(struct sockaddr_in *)argument;
    int s = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(s);
    CHECK(connect(s, (struct sockaddr *)&to, sizeof to));
    uint64_t state = 7;
    static unsigned char block[10000];
    for (long sent = 0; sent < TOTAL;) {
        long length = TOTAL - sent < (long)sizeof block ? TOTAL - sent : (long)sizeof block;
        for (long i = 0; i < length; i++) block[i] = nextRandom(&state) >> 32;
        if (write(s, block, length) != length) exit(2);
        sent += length;
    }
    CHECK(shutdown(s, SHUT_WR));
    uint32_t sum = 0;
    ssize_t got = recv(s, &sum, sizeof sum, MSG_WAITALL);
    printf("sender was told %zd bytes: %08x\n", got, sum);
    printf("end %zd\n", read(s, &sum, sizeof sum));
    close(s);
    return NULL;
}

static void streams(void) {
    struct sockaddr_in a;
    int listening = boundSocket(SOCK_STREAM, &a);
    CHECK(listen(listening, 5));
    pthread_t thread;
    pthread_create(&thread, NULL, sender, &a);
    struct sockaddr_in peer;
    socklen_t length = sizeof peer;
    int s = accept(listening, (struct sockaddr *)&peer, &length);
    CHECK(s);
    printf("accepted from loopback %d\n", peer.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
    uint32_t sum = 1;
    long total = 0;
    unsigned char buffer[7000];
    ssize_t got;
    while ((got = read(s, buffer, sizeof buffer)) > 0) {
        for (ssize_t i = 0; i < got; i++) sum = sum * 31 + buffer[i];
        total += got;
    }
    printf("received %ld: %08x, then %zd\n", total, sum, got);
    struct pollfd p = {.fd = s, .events = POLLIN | POLLOUT | POLLRDHUP};
    poll(&p, 1, 0);
    printf("poll after the end: %x\n", p.revents);
    CHECK(write(s, (char *)&sum, 2));
    CHECK(write(s, (char *)&sum + 2, 2));
    close(s);
    pthread_join(thread, NULL);
    close(listening);
}

static void errors(void) {
    struct sockaddr_in a;
    int unused = boundSocket(SOCK_STREAM, &a);
    close(unused);
    int s = socket(AF_INET, SOCK_STREAM, 0);
    tell("refused", connect(s, (struct sockaddr *)&a, sizeof a));
    close(s);

    int listening = boundSocket(SOCK_STREAM, &a);
    CHECK(listen(listening, 5));
    int taken = socket(AF_INET, SOCK_STREAM, 0);
    tell("taken", bind(taken, (struct sockaddr *)&a, sizeof a));
    close(taken);
    tell("not connected", getpeername(listening, (struct sockaddr *)&a, &(socklen_t){sizeof a}));
    s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    tell("connect without waiting", connect(s, (struct sockaddr *)&a, sizeof a));
    struct pollfd p = {.fd = s, .events = POLLOUT};
    printf("poll %d", poll(&p, 1, 1000));
    printf(" %x\n", p.revents);
    int error = -1;
    CHECK(getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &(socklen_t){sizeof error}));
    printf("SO_ERROR %d\n", error);
    printf("again: %d\n", connect(s, (struct sockaddr *)&a, sizeof a));
    tell("and again", connect(s, (struct sockaddr *)&a, sizeof a));
    char c;
    tell("nothing to read", read(s, &c, 1));
    int other = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
    CHECK(other);
    printf("close-on-exec %d\n", fcntl(other, F_GETFD));
    close(other);
    poll(&(struct pollfd){.fd = s, .events = POLLIN}, 1, 1000);
    printf("end %zd\n", read(s, &c, 1));
    CHECK(send(s, "x", 1, MSG_NOSIGNAL));
    poll(&(struct pollfd){.fd = s, .events = 0}, 1, 1000);
    ssize_t sent = send(s, "x", 1, MSG_NOSIGNAL);
    tell("sent to a closed one", sent);
    close(s);
    tell("no such family", socket(AF_X25, SOCK_STREAM, 0));
    tell("no socket", listen(0, 1));
    close(listening);
}

static void options(void) {
    int s = socket(AF_INET, SOCK_STREAM, 0);
    struct { const char *name; int level, option, set; } all[] = {
        {"SO_TYPE", SOL_SOCKET, SO_TYPE, -1},           {"SO_DOMAIN", SOL_SOCKET, SO_DOMAIN, -1},
        {"SO_PROTOCOL", SOL_SOCKET, SO_PROTOCOL, -1},   {"SO_ERROR", SOL_SOCKET, SO_ERROR, -1},
        {"SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR, 1},  {"SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE, 1},
        {"SO_BROADCAST", SOL_SOCKET, SO_BROADCAST, 1},  {"SO_ACCEPTCONN", SOL_SOCKET, SO_ACCEPTCONN, -1},
        {"TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY, 1},   {"TCP_CORK", IPPROTO_TCP, TCP_CORK, 1},
        {"TCP_KEEPIDLE", IPPROTO_TCP, TCP_KEEPIDLE, 50}, {"TCP_KEEPCNT", IPPROTO_TCP, TCP_KEEPCNT, 3},
        {"TCP_KEEPINTVL", IPPROTO_TCP, TCP_KEEPINTVL, 9}, {"IP_TTL", IPPROTO_IP, IP_TTL, 33},
        {"IP_TOS", IPPROTO_IP, IP_TOS, 16},             {"SO_SNDBUF", SOL_SOCKET, SO_SNDBUF, 50000},
        {"SO_RCVBUF", SOL_SOCKET, SO_RCVBUF, 60000},    {"TCP_USER_TIMEOUT", IPPROTO_TCP, TCP_USER_TIMEOUT, 700},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        int before = -1, after = -1;
        socklen_t length = sizeof before;
        getsockopt(s, all[i].level, all[i].option, &before, &length);
        if (all[i].set >= 0) CHECK(setsockopt(s, all[i].level, all[i].option, &all[i].set, sizeof(int)));
        getsockopt(s, all[i].level, all[i].option, &after, &length);
        int isSize = all[i].option == SO_SNDBUF || all[i].option == SO_RCVBUF;
        printf("%s %d %d\n", all[i].name, all[i].level == SOL_SOCKET && isSize ? 0 : before, after);
    }
    struct timeval t = {3, 500000};
    CHECK(setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t));
    t = (struct timeval){0, 0};
    socklen_t length = sizeof t;
    CHECK(getsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &t, &length));
    printf("SO_SNDTIMEO %ld.%06ld\n", (long)t.tv_sec, (long)t.tv_usec);
    struct linger l = {1, 4}, back;
    CHECK(setsockopt(s, SOL_SOCKET, SO_LINGER, &l, sizeof l));
    length = sizeof back;
    CHECK(getsockopt(s, SOL_SOCKET, SO_LINGER, &back, &length));
    printf("SO_LINGER %d %d\n", back.l_onoff, back.l_linger);
    int x = 1;
    tell("unknown", setsockopt(s, SOL_SOCKET, 9999, &x, sizeof x));
    close(s);
}

#define CLIENTS 8

static void *client(void *argument) {
    struct sockaddr_in to = *(struct sockaddr_in *)argument;
    long sum = 0;
    int s = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(connect(s, (struct sockaddr *)&to, sizeof to));
    for (int i = 1; i <= 20; i++) {
        int answer = 0;
        CHECK(send(s, &i, sizeof i, 0));
        if (recv(s, &answer, sizeof answer, MSG_WAITALL) != sizeof answer) exit(3);
        sum += answer;
    }
    close(s);
    return (void *)sum;
}

static void server(void) {
    struct sockaddr_in a;
    int listening = boundSocket(SOCK_STREAM, &a);
    CHECK(listen(listening, CLIENTS));
    CHECK(fcntl(listening, F_SETFL, O_NONBLOCK));
    int e = epoll_create1(EPOLL_CLOEXEC);
    CHECK(epoll_ctl(e, EPOLL_CTL_ADD, listening, &(struct epoll_event){EPOLLIN, {.fd = listening}}));
    pthread_t threads[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) pthread_create(&threads[i], NULL, client, &a);
    int closed = 0, accepted = 0, answers = 0;
    while (closed < CLIENTS) {
        struct epoll_event events[4];
        int count = epoll_wait(e, events, 4, 5000);
        if (count <= 0) exit(4);
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            if (fd == listening) {
                int s;
                while ((s = accept4(listening, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                    accepted++;
                    struct epoll_event wanted = {EPOLLIN | EPOLLRDHUP | EPOLLET, {.fd = s}};
                    CHECK(epoll_ctl(e, EPOLL_CTL_ADD, s, &wanted));
                }
                continue;
            }
            int value;
            ssize_t got;
            while ((got = read(fd, &value, sizeof value)) == sizeof value) {
                value *= value;
                answers++;
                CHECK(write(fd, &value, sizeof value));
            }
            if (got == 0) {
                closed++;
                close(fd);
            }
        }
    }
    long sum = 0;
    for (int i = 0; i < CLIENTS; i++) {
        void *part;
        pthread_join(threads[i], &part);
        sum += (long)part;
    }
    printf("server: %d accepted, %d answers, sum %ld\n", accepted, answers, sum);
    close(e);
    close(listening);
}

static void pairs(void) {
    int p[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, p));
    CHECK(write(p[0], "through the pair", 16));
    char buffer[64] = {0};
    printf("pair %zd %s\n", read(p[1], buffer, sizeof buffer), buffer);
    fd_set set;
    FD_ZERO(&set);
    FD_SET(p[1], &set);
    printf("select %d\n", select(p[1] + 1, &set, NULL, NULL, &(struct timeval){0, 1000}));
    CHECK(shutdown(p[0], SHUT_WR));
    printf("end %zd\n", read(p[1], buffer, sizeof buffer));
    CHECK(send(p[1], "back", 4, 0));
    printf("back %zd\n", read(p[0], buffer, sizeof buffer));
    close(p[0]);
    ssize_t sent = send(p[1], "x", 1, MSG_NOSIGNAL);
    tell("closed", sent);
    close(p[1]);
    CHECK(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, p));
    CHECK(send(p[0], "one", 3, 0));
    CHECK(send(p[0], "two!", 4, 0));
    printf("messages %zd", recv(p[1], buffer, sizeof buffer, 0));
    printf(" %zd", recv(p[1], buffer, sizeof buffer, 0));
    ssize_t got = recv(p[1], buffer, 1, 0);
    tell("", got);
}

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    datagrams();
    streams();
    errors();
    options();
    server();
    pairs();
    puts("done");
    return 0;
}
