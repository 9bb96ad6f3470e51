/* Programs that nothing is fitted to: by them the error of the fitted machine is told. PROGRAM names one. */
#include "programs.h"

/* Quicksort (C. Hoare) of random numbers, to the middle one of three, insertion below 16. */
static uint64_t numbers[1 << 16];

static void sort(int64_t low, int64_t high)
{
    while (high - low > 16) {
        uint64_t a = numbers[low], b = numbers[(low + high) / 2], c = numbers[high];
        uint64_t pivot = a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b);
        int64_t i = low, j = high;
        while (i <= j) {
            while (numbers[i] < pivot) {
                i++;
            }
            while (numbers[j] > pivot) {
                j--;
            }
            if (i <= j) {
                uint64_t t = numbers[i];
                numbers[i++] = numbers[j];
                numbers[j--] = t;
            }
        }
        sort(low, j);
        low = i;
    }
    for (int64_t i = low + 1; i <= high; i++) {
        uint64_t value = numbers[i];
        int64_t j = i - 1;
        for (; j >= low && numbers[j] > value; j--) {
            numbers[j + 1] = numbers[j];
        }
        numbers[j + 1] = value;
    }
}

static uint64_t work_quicksort(void)
{
    enum { COUNT = 1 << 16 };
    for (int i = 0; i < COUNT; i++) {
        numbers[i] = next_random();
    }
    sort(0, COUNT - 1);
    return numbers[COUNT / 3];
}

/* Product of two square matrices of doubles, row by row. */
static uint64_t work_matrix(void)
{
    enum { N = 160 };
    static double a[N][N], b[N][N], c[N][N];
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            a[i][j] = i + j;
            b[i][j] = i - j;
            c[i][j] = 0;
        }
    }
    for (int i = 0; i < N; i++) {
        for (int k = 0; k < N; k++) {
            double factor = a[i][k];
            for (int j = 0; j < N; j++) {
                c[i][j] += factor * b[k][j];
            }
        }
    }
    return (uint64_t)(int64_t)c[N / 2][N / 3];
}

/* A binary search tree of random keys, built and looked into. */
static uint64_t work_tree(void)
{
    enum { COUNT = 1 << 16 };
    static struct node {
        struct node *below[2];
        uint64_t key;
        uint64_t count;
    } nodes[COUNT];
    struct node *root = &nodes[0];
    root->below[0] = root->below[1] = 0;
    root->key = next_random();
    uint64_t sum = 0;
    int used = 1;
    for (int i = 1; i < COUNT; i++) {
        struct node *at = root;
        uint64_t key = next_random() >> 46;
        while (at->key != key) {
            struct node **next = &at->below[key > at->key];
            if (!*next) {
                *next = &nodes[used++];
                (*next)->below[0] = (*next)->below[1] = 0;
                (*next)->key = key;
                (*next)->count = 0;
            }
            at = *next;
        }
        sum += ++at->count;
    }
    return sum;
}

/* SHA-256 (FIPS 180-4) of 512 KiB, its constants worked out from cube roots of primes as the standard has them. */
static uint32_t sha_constants[64];

static uint32_t turn(uint32_t x, int by)
{
    return (x >> by) | (x << (32 - by));
}

static void make_constants(void)
{
    uint32_t prime = 2;
    for (int i = 0; i < 64; prime++) {
        int divides = 0;
        for (uint32_t d = 2; d * d <= prime; d++) {
            divides |= prime % d == 0;
        }
        if (divides) {
            continue;
        }
        unsigned __int128 goal = (unsigned __int128)prime << 96;
        uint64_t root = 0;
        for (int bit = 35; bit >= 0; bit--) {
            unsigned __int128 t = root | ((uint64_t)1 << bit);
            if (t * t * t <= goal) {
                root = (uint64_t)t;
            }
        }
        sha_constants[i++] = (uint32_t)root;
    }
}

static void sha_block(uint32_t state[8], const uint8_t *bytes)
{
    uint32_t w[64], s[8];
    for (int i = 0; i < 16; i++) {
        w[i] = (uint32_t)bytes[4 * i] << 24 | (uint32_t)bytes[4 * i + 1] << 16 | (uint32_t)bytes[4 * i + 2] << 8
               | bytes[4 * i + 3];
    }
    for (int i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + w[i - 7] + (turn(a, 7) ^ turn(a, 18) ^ (a >> 3)) + (turn(b, 17) ^ turn(b, 19) ^ (b >> 10));
    }
    for (int i = 0; i < 8; i++) {
        s[i] = state[i];
    }
    for (int i = 0; i < 64; i++) {
        uint32_t t1 = s[7] + (turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6]))
                      + sha_constants[i] + w[i];
        uint32_t t2 = (turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22))
                      + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        s[7] = s[6];
        s[6] = s[5];
        s[5] = s[4];
        s[4] = s[3] + t1;
        s[3] = s[2];
        s[2] = s[1];
        s[1] = s[0];
        s[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++) {
        state[i] += s[i];
    }
}

static uint64_t work_sha256(void)
{
    enum { BYTES = 512 << 10 };
    static uint8_t data[BYTES];
    uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    if (!sha_constants[0]) {
        make_constants();
    }
    for (int i = 0; i < BYTES; i++) {
        data[i] = (uint8_t)i;
    }
    for (int i = 0; i < BYTES; i += 64) {
        sha_block(state, data + i);
    }
    return state[0];
}

/* The sieve of Eratosthenes up to 4 million. */
static uint64_t work_sieve(void)
{
    enum { MOST = 4000000 };
    static uint8_t composite[MOST];
    uint64_t primes = 0;
    for (uint32_t i = 0; i < MOST; i++) {
        composite[i] = 0;
    }
    for (uint32_t i = 2; i < MOST; i++) {
        if (!composite[i]) {
            primes++;
            for (uint64_t j = (uint64_t)i * i; j < MOST; j += i) {
                composite[j] = 1;
            }
        }
    }
    return primes;
}

/* STREAM's triad over 24 MB. */
static uint64_t work_triad(void)
{
    enum { COUNT = 1000000 };
    static double a[COUNT], b[COUNT], c[COUNT];
    for (int i = 0; i < COUNT; i++) {
        b[i] = i;
        c[i] = COUNT - i;
    }
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < COUNT; i++) {
            a[i] = b[i] + 3.0 * c[i];
        }
        __asm__ volatile("" : : : "memory");
    }
    return (uint64_t)a[COUNT / 2];
}

PROGRAM_START
