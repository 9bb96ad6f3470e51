// Ring all-reduce (P. Patarasuk, X. Yuan, JPDC 2009) over UDP:
//   allreduce WORDS REPEATS NAME...   one node each; the nodes in the order of the ring
// Each node has NODES blocks of WORDS numbers. In NODES - 1 steps a block goes round and is added
// up, in as many the sums go round: 2 (NODES - 1) messages of WORDS x 4 bytes from each node.
// Each prints the virtual time of one all-reduce, from a time at which all begin: the clock of all
// nodes is one.
#define _GNU_SOURCE
#include <netdb.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PORT = 7000, WORDS_MAX = 2000 };

struct Message {
    uint32_t step;
    uint32_t words[WORDS_MAX];
};

static struct Message in, out;
static uint32_t step;
static struct sockaddr_in next;

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

// The first node chooses a time, which goes round; all sleep until then.
static uint64_t agreedBegin(int s, int nodes, int rank) {
    uint64_t begin = now() + nodes * 1000000ull;
    if (rank > 0) {
        check(recv(s, &begin, sizeof begin, 0) == sizeof begin, "recv");
    }

    if (rank < nodes - 1) {
        check(sendto(s, &begin, sizeof begin, 0, (struct sockaddr *)&next, sizeof next) > 0,
              "sendto");
    }

    struct timespec until = {begin / 1000000000, begin % 1000000000};
    check(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == 0, "clock_nanosleep");
    return begin;
}

static void exchange(int s, const uint32_t *block, size_t words) {
    size_t size = sizeof out.step + words * sizeof *block;
    out.step = step;
    memcpy(out.words, block, words * sizeof *block);
    check(sendto(s, &out, size, 0, (struct sockaddr *)&next, sizeof next) == (ssize_t)size,
          "sendto");
    check(recv(s, &in, sizeof in, 0) == (ssize_t)size && in.step == step, "recv");
    step++;
}

static void allReduce(int s, uint32_t *data, size_t words, int nodes, int rank) {
    for (int i = 0; i < nodes - 1; i++) {
        int give = (rank - i + nodes) % nodes, take = (give - 1 + nodes) % nodes;
        exchange(s, data + give * words, words);
        uint32_t *sum = data + take * words;
        for (size_t w = 0; w < words; w++) {
            sum[w] += in.words[w];
        }
    }

    for (int i = 0; i < nodes - 1; i++) {
        int give = (rank + 1 - i + nodes) % nodes, take = (give - 1 + nodes) % nodes;
        exchange(s, data + give * words, words);
        memcpy(data + take * words, in.words, words * sizeof *data);
    }
}

static uint32_t valueOf(int node, size_t word) {
    return (uint32_t)(node + 1) * 2654435761u + (uint32_t)(word * word);
}

static int isRight(const uint32_t *data, size_t words, int nodes) {
    for (size_t w = 0; w < words * nodes; w++) {
        uint32_t sum = 0;
        for (int node = 0; node < nodes; node++) {
            sum += valueOf(node, w);
        }

        if (data[w] != sum) {
            return 0;
        }
    }

    return 1;
}

static struct sockaddr_in addressOf(const char *name) {
    struct addrinfo hints = {.ai_family = AF_INET}, *found;
    check(getaddrinfo(name, NULL, &hints, &found) == 0, name);
    struct sockaddr_in a = *(struct sockaddr_in *)found->ai_addr;
    a.sin_port = htons(PORT);
    freeaddrinfo(found);
    return a;
}

static int rankOf(char **names, int nodes) {
    char own[256];
    check(gethostname(own, sizeof own) == 0, "gethostname");
    for (int i = 0; i < nodes; i++) {
        if (strcmp(names[i], own) == 0) {
            return i;
        }
    }

    printf("%s is not among the nodes\n", own);
    exit(1);
}

int main(int argc, char **argv) {
    int nodes = argc - 3;
    size_t words = argc > 1 ? strtoul(argv[1], NULL, 0) : 0;
    int repeats = argc > 2 ? atoi(argv[2]) : 0;
    if (nodes < 2 || words == 0 || words > WORDS_MAX || repeats < 1) {
        printf("usage: allreduce WORDS REPEATS NAME NAME...\n");
        return 2;
    }

    int rank = rankOf(argv + 3, nodes);
    uint32_t *data = malloc(nodes * words * sizeof *data);
    check(data != NULL, "malloc");
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(PORT)};
    next = addressOf(argv[3 + (rank + 1) % nodes]);
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    check(s >= 0, "socket");
    check(bind(s, (struct sockaddr *)&own, sizeof own) == 0, "bind");
    struct timespec wait = {0, 5000000};
    nanosleep(&wait, NULL); // By now all have bound.

    int right = 1;
    uint64_t took = 0;
    for (int i = -1; i < repeats; i++) { // One to touch all pages.
        for (size_t w = 0; w < words * nodes; w++) {
            data[w] = valueOf(rank, w);
        }

        uint64_t begin = agreedBegin(s, nodes, rank);
        allReduce(s, data, words, nodes, rank);
        took += i < 0 ? 0 : now() - begin;
        right &= isRight(data, words, nodes);
    }

    printf("%d nodes, %zu B each: %.1f ns, %s\n", nodes, nodes * words * sizeof *data,
           (double)took / repeats, right ? "right" : "wrong");
    return right ? 0 : 1;
}
