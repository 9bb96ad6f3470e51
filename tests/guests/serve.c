// serve PORT SIZE: an HTTP server for one request, whatever it asks for: SIZE bytes. Then it says how long they took,
// from the request to the client's end of the connection, when it had all of them, and their rate.
#include <errno.h>
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

static char buffer[1 << 16];

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void sendAll(int s, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t sent = send(s, bytes, count, MSG_NOSIGNAL);
        CHECK(sent);
        bytes += sent;
        count -= (size_t)sent;
    }
}

// Up to the empty line behind the header.
static void takeRequest(int s) {
    size_t have = 0;
    while (have < sizeof buffer - 1) {
        ssize_t got = recv(s, buffer + have, sizeof buffer - 1 - have, 0);
        CHECK(got);
        have += (size_t)got;
        buffer[have] = 0;
        if (strstr(buffer, "\r\n\r\n") != NULL)
            return;
        if (got == 0)
            break;
    }
    printf("no request\n");
    exit(1);
}

int main(int argc, char **argv) {
    if (argc != 3) {
        printf("usage: serve PORT SIZE\n");
        return 2;
    }
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
    unsigned long size = strtoul(argv[2], NULL, 10);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(listener);
    CHECK(bind(listener, (struct sockaddr *)&a, sizeof a));
    CHECK(listen(listener, 1));
    int s = accept(listener, NULL, NULL);
    CHECK(s);
    takeRequest(s);
    uint64_t begin = now();
    int length = snprintf(buffer, sizeof buffer,
        "HTTP/1.0 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %lu\r\n\r\n", size);
    sendAll(s, buffer, (size_t)length);
    for (size_t i = 0; i < sizeof buffer; i++)
        buffer[i] = (char)('a' + i % 26);
    for (unsigned long left = size; left > 0;) {
        size_t part = left < sizeof buffer ? left : sizeof buffer;
        sendAll(s, buffer, part);
        left -= part;
    }
    CHECK(shutdown(s, SHUT_WR));
    while (recv(s, buffer, sizeof buffer, 0) > 0)
        ;
    uint64_t nanoseconds = now() - begin;
    printf("served %lu bytes in %llu us: %llu kbps\n", size, (unsigned long long)(nanoseconds / 1000),
        (unsigned long long)(size * 8000000ull / nanoseconds));
    return 0;
}
