// A binary search tree whose nodes act through function pointers. Arguments: nodes, rounds.
#include "guest.h"

#include <stdio.h>

typedef struct Node Node;
struct Node {
    Node *left, *right;
    uint64_t key;
    uint64_t (*act)(const Node *, uint64_t);
};

static uint64_t add(const Node *n, uint64_t x) { return x + n->key; }
static uint64_t mix(const Node *n, uint64_t x) { return x ^ (n->key << 1); }
static uint64_t turn(const Node *n, uint64_t x) { return (x << 5 | x >> 59) + (n->key & 3); }
static uint64_t times(const Node *n, uint64_t x) { return x * (n->key | 1); }

static uint64_t walk(const Node *n, uint64_t x) {
    if (!n) {
        return x;
    }
    x = walk(n->left, x);
    x = n->act(n, x);
    return walk(n->right, x);
}

int main(int argc, char **argv) {
    long count = argument(argc, argv, 1, 5000);
    long rounds = argument(argc, argv, 2, 5);
    uint64_t (*const acts[])(const Node *, uint64_t) = {add, mix, turn, times};
    Node *pool = calloc(count, sizeof *pool), *root = NULL;
    if (!pool) {
        return 1;
    }
    uint64_t seed = 99;
    for (long i = 0; i < count; i++) {
        Node *n = &pool[i];
        n->key = nextRandom(&seed);
        n->act = acts[n->key % 4];
        Node **at = &root;
        while (*at) {
            at = n->key < (*at)->key ? &(*at)->left : &(*at)->right;
        }
        *at = n;
    }
    uint64_t x = 1;
    for (long r = 0; r < rounds; r++) {
        x = walk(root, x);
    }
    printf("tree %ld x %ld: %016llx\n", count, rounds, (unsigned long long)x);
    free(pool);
    return 0;
}
