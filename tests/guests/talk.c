// Nodes that talk to each other, over UDP and TCP:
//   talk serve PINGS           answers PINGS datagrams, then takes what one connection brings
//   talk call NAME PINGS SIZE  measures the round trip to NAME, then sends it SIZE bytes
//   talk pour NAME SIZE        sends it SIZE bytes, as far as the socket takes them, and ends
//   talk take                  reads what one connection brings to its end, slowly
//   talk shun                  takes one connection, reads nothing of it, and ends
//   talk ring COUNT ROUNDS [SIZE]  passes a token round node0 to node(COUNT-1), by host name, in
//                              datagrams of SIZE bytes (8)
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CHECK(what)                                                     \
    do {                                                                \
        if ((what) < 0) {                                               \
            printf("%s: %s\n", #what, strerror(errno));                 \
            exit(1);                                                    \
        }                                                               \
    } while (0)

enum { UDP_PORT = 7000, TCP_PORT = 7001 };

static char buffer[1 << 16];

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void pauseFor(long nanoseconds) {
    struct timespec t = {0, nanoseconds};
    nanosleep(&t, NULL);
}

static struct sockaddr_in addressOf(const char *name, int port) {
    struct addrinfo hints = {.ai_family = AF_INET}, *found;
    int error = getaddrinfo(name, NULL, &hints, &found);
    if (error != 0) {
        printf("%s: %s\n", name, gai_strerror(error));
        exit(1);
    }

    struct sockaddr_in a = *(struct sockaddr_in *)found->ai_addr;
    a.sin_port = htons(port);
    freeaddrinfo(found);
    return a;
}

static int boundSocket(int type, int port) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    int s = socket(AF_INET, type, 0);
    CHECK(s);
    CHECK(bind(s, (struct sockaddr *)&a, sizeof a));
    return s;
}

static void answerPings(int s, int pings) {
    for (int i = 0; i < pings; i++) {
        struct sockaddr_in from;
        socklen_t length = sizeof from;
        ssize_t size = recvfrom(s, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &length);
        CHECK(size);
        CHECK(sendto(s, buffer, size, 0, (struct sockaddr *)&from, length));
    }
}

static void serve(int pings) {
    int udp = boundSocket(SOCK_DGRAM, UDP_PORT);
    int listener = boundSocket(SOCK_STREAM, TCP_PORT);
    CHECK(listen(listener, 4));
    struct sockaddr_in from;
    socklen_t length = sizeof from;
    int c = accept(listener, (struct sockaddr *)&from, &length);
    CHECK(c);
    printf("called from %s\n", inet_ntoa(from.sin_addr));
    answerPings(udp, pings);
    uint64_t sum = 0, bytes = 0;
    for (ssize_t got; (got = read(c, buffer, sizeof buffer)) != 0;) {
        CHECK(got);
        for (ssize_t i = 0; i < got; i++) {
            sum = sum * 31 + (unsigned char)buffer[i];
        }

        bytes += got;
    }

    printf("took %llu bytes, sum %016llx\n", (unsigned long long)bytes, (unsigned long long)sum);
    CHECK(write(c, &sum, sizeof sum));
    close(c);
}

static int connected(struct sockaddr_in to) {
    for (int tries = 0;; tries++) {
        int s = socket(AF_INET, SOCK_STREAM, 0);
        CHECK(s);
        if (connect(s, (struct sockaddr *)&to, sizeof to) == 0) {
            return s;
        }

        if (errno != ECONNREFUSED || tries == 1000) {
            printf("connect: %s\n", strerror(errno));
            exit(1);
        }

        close(s);
        pauseFor(100000);
    }
}

static void call(const char *name, int pings, size_t size) {
    int c = connected(addressOf(name, TCP_PORT));
    struct sockaddr_in to = addressOf(name, UDP_PORT);
    int udp = socket(AF_INET, SOCK_DGRAM, 0);
    CHECK(udp);
    CHECK(connect(udp, (struct sockaddr *)&to, sizeof to));
    uint64_t least = UINT64_MAX;
    for (int i = 0; i < pings; i++) {
        uint64_t begin = now();
        CHECK(send(udp, "ping", 4, 0));
        CHECK(recv(udp, buffer, sizeof buffer, 0));
        uint64_t took = now() - begin;
        least = took < least ? took : least;
    }

    printf("%s: round trip %llu ns\n", name, (unsigned long long)least);
    uint64_t sum = 0, back = 0, begin = now();
    for (size_t sent = 0; sent < size;) {
        size_t chunk = size - sent < sizeof buffer ? size - sent : sizeof buffer;
        for (size_t i = 0; i < chunk; i++) {
            buffer[i] = (char)((sent + i) * 7 + 3);
            sum = sum * 31 + (unsigned char)buffer[i];
        }

        for (size_t at = 0; at < chunk;) {
            ssize_t put = write(c, buffer + at, chunk - at);
            CHECK(put);
            at += put;
        }

        sent += chunk;
    }

    CHECK(shutdown(c, SHUT_WR));
    ssize_t got = read(c, &back, sizeof back);
    printf("%zu bytes in %llu ns, sum %s\n", size, (unsigned long long)(now() - begin),
           got == sizeof back && back == sum ? "right" : "wrong");
    close(c);
}

// Ends once the last byte is in the send buffer: most of it has not been sent yet.
static void pour(const char *name, size_t size) {
    int c = connected(addressOf(name, TCP_PORT));
    int room = 4 << 20;
    CHECK(setsockopt(c, SOL_SOCKET, SO_SNDBUF, &room, sizeof room));
    memset(buffer, 'x', sizeof buffer);
    for (size_t sent = 0; sent < size;) {
        size_t chunk = size - sent < sizeof buffer ? size - sent : sizeof buffer;
        ssize_t put = write(c, buffer, chunk);
        CHECK(put);
        sent += put;
    }

    printf("poured %zu bytes\n", size);
}

static int accepted(void) {
    int listener = boundSocket(SOCK_STREAM, TCP_PORT);
    CHECK(listen(listener, 4));
    int c = accept(listener, NULL, NULL);
    CHECK(c);
    return c;
}

static void take(void) {
    int c = accepted();
    pauseFor(50000000);
    size_t bytes = 0;
    for (ssize_t got; (got = read(c, buffer, sizeof buffer)) != 0; bytes += got) {
        CHECK(got);
    }

    printf("took %zu bytes and the end\n", bytes);
}

static void shun(void) {
    int c = accepted();
    pauseFor(900000000);
    printf("took nothing\n");
    close(c);
}

static void ring(int count, int rounds, size_t size) {
    char own[64], next[80];
    CHECK(gethostname(own, sizeof own));
    size_t digits = strlen(own);
    while (digits > 0 && own[digits - 1] >= '0' && own[digits - 1] <= '9') {
        digits--;
    }

    int index = atoi(own + digits);
    snprintf(next, sizeof next, "%.*s%d", (int)digits, own, (index + 1) % count);
    int s = boundSocket(SOCK_DGRAM, UDP_PORT);
    struct sockaddr_in to = addressOf(next, UDP_PORT);
    pauseFor(5000000); // By now all have bound.
    uint64_t token = 0, begin = now();
    for (int i = 0; i < rounds; i++) {
        if (index != 0) {
            CHECK(recv(s, buffer, size, 0));
            memcpy(&token, buffer, sizeof token);
        }

        token += index;
        memcpy(buffer, &token, sizeof token);
        CHECK(sendto(s, buffer, size, 0, (struct sockaddr *)&to, sizeof to));
        if (index == 0) {
            CHECK(recv(s, buffer, size, 0));
            memcpy(&token, buffer, sizeof token);
        }
    }

    if (index == 0) {
        printf("token %llu after %llu ns\n", (unsigned long long)token,
               (unsigned long long)(now() - begin));
    }
}

int main(int argc, char **argv) {
    setvbuf(stdout, NULL, _IONBF, 0);
    if (argc == 3 && strcmp(argv[1], "serve") == 0) {
        serve(atoi(argv[2]));
    } else if (argc == 5 && strcmp(argv[1], "call") == 0) {
        call(argv[2], atoi(argv[3]), strtoul(argv[4], NULL, 0));
    } else if (argc == 4 && strcmp(argv[1], "pour") == 0) {
        pour(argv[2], strtoul(argv[3], NULL, 0));
    } else if (argc == 2 && strcmp(argv[1], "take") == 0) {
        take();
    } else if (argc == 2 && strcmp(argv[1], "shun") == 0) {
        shun();
    } else if ((argc == 4 || argc == 5) && strcmp(argv[1], "ring") == 0) {
        size_t size = argc == 5 ? strtoul(argv[4], NULL, 0) : sizeof(uint64_t);
        if (size < sizeof(uint64_t) || size > sizeof buffer) {
            printf("SIZE is 8 to %zu\n", sizeof buffer);
            return 2;
        }

        ring(atoi(argv[2]), atoi(argv[3]), size);
    } else {
        printf("usage: talk serve PINGS | call NAME PINGS SIZE | ring COUNT ROUNDS [SIZE]\n");
        return 2;
    }

    return 0;
}
