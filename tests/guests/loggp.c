// What a program sees of a network, as LogGP has it (A. Alexandrov et al., SPAA 1995):
//   loggp answer                answers what comes, until an empty datagram
//   loggp probe NAME            ping-pong in several sizes, the cost of a send, then a flood
// Prints nanoseconds; the sizes are those of the frames, with UDP, IPv4 and Ethernet headers.
#define _GNU_SOURCE
#include <netdb.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { PORT = 7000, HEADERS = 14 + 20 + 8, ROUNDS = 20, FLOOD = 100, SENDS = 50 };

static char buffer[2048];

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void check(int holds, const char *what) {
    if (!holds) {
        perror(what);
        exit(1);
    }
}

static int boundSocket(void) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(PORT)};
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    check(s >= 0, "socket");
    check(bind(s, (struct sockaddr *)&a, sizeof a) == 0, "bind");
    return s;
}

// The first byte says what is wanted: 'p' an answer, 'n' nothing, 'f' nothing but, after FLOOD of
// them, the time from the first to the last. 'e' is the end.
static void answer(void) {
    int s = boundSocket(), flood = 0;
    uint64_t first = 0;
    for (;;) {
        struct sockaddr_in from;
        socklen_t length = sizeof from;
        ssize_t size =
            recvfrom(s, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &length);
        check(size > 0, "recvfrom");
        if (buffer[0] == 'p') {
            check(sendto(s, buffer, size, 0, (struct sockaddr *)&from, length) == size, "sendto");
        } else if (buffer[0] == 'f') {
            uint64_t at = now();
            first = flood++ == 0 ? at : first;
            if (flood == FLOOD) {
                uint64_t took = at - first;
                flood = 0;
                check(sendto(s, &took, sizeof took, 0, (struct sockaddr *)&from, length) > 0,
                      "sendto");
            }
        } else if (buffer[0] == 'e') {
            return;
        }
    }
}

static void pingPong(int s, size_t frame) {
    size_t size = frame - HEADERS;
    buffer[0] = 'p';
    uint64_t begin = 0;
    for (int i = -2; i < ROUNDS; i++) { // Two to touch all pages.
        begin = i == 0 ? now() : begin;
        check(send(s, buffer, size, 0) == (ssize_t)size, "send");
        check(recv(s, buffer, sizeof buffer, 0) == (ssize_t)size, "recv");
    }

    printf("roundtrip %zu %.1f\n", frame, (double)(now() - begin) / ROUNDS);
}

static void flood(int s, size_t frame) {
    uint64_t took = 0;
    buffer[0] = 'f';
    for (int i = 0; i < FLOOD; i++) {
        check(send(s, buffer, frame - HEADERS, 0) > 0, "send");
    }

    check(recv(s, &took, sizeof took, 0) == sizeof took, "recv");
    printf("interval %zu %.1f\n", frame, (double)took / (FLOOD - 1));
}

static void probe(const char *name) {
    struct addrinfo hints = {.ai_family = AF_INET}, *found;
    check(getaddrinfo(name, NULL, &hints, &found) == 0, name);
    struct sockaddr_in to = *(struct sockaddr_in *)found->ai_addr;
    to.sin_port = htons(PORT);
    freeaddrinfo(found);
    int s = boundSocket();
    check(connect(s, (struct sockaddr *)&to, sizeof to) == 0, "connect");
    struct timespec wait = {0, 5000000};
    nanosleep(&wait, NULL); // By now the other has bound.
    for (size_t frame = 100; frame <= 1500; frame += 350) {
        pingPong(s, frame);
    }

    buffer[0] = 'n';
    uint64_t begin = now();
    for (int i = 0; i < SENDS; i++) {
        check(send(s, buffer, 100 - HEADERS, 0) > 0, "send");
    }

    printf("send 100 %.1f\n", (double)(now() - begin) / SENDS);
    nanosleep(&wait, NULL);
    flood(s, 100);
    flood(s, 1500);
    buffer[0] = 'e';
    check(send(s, buffer, 1, 0) == 1, "send");
}

int main(int argc, char **argv) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc == 2 && strcmp(argv[1], "answer") == 0) {
        answer();
    } else if (argc == 3 && strcmp(argv[1], "probe") == 0) {
        probe(argv[2]);
    } else {
        printf("usage: loggp answer | probe NAME\n");
        return 2;
    }

    return 0;
}
