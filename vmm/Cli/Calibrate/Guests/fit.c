/* Programs to which the CPI is fitted: what integer, floating point, branching and copying code does between its
 * misses. PROGRAM names one. */
#include "programs.h"

enum { WORDS = 4096, DOUBLES = 1024 };

static uint64_t words[WORDS];
static double left[DOUBLES], right[DOUBLES];

static void fill(void)
{
    random_state = 71;
    for (int i = 0; i < WORDS; i++) {
        words[i] = next_random();
    }
}

/* A table of 256 words, each step of which needs the one before. */
static uint64_t work_crc(void)
{
    static uint32_t table[256];
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ (0xedb88320u & (0u - (crc & 1)));
        }
        table[i] = crc;
    }
    fill();
    uint32_t crc = ~0u;
    for (int round = 0; round < 40; round++) {
        for (int i = 0; i < WORDS * 8; i++) {
            crc = table[(crc ^ ((const uint8_t *)words)[i]) & 255] ^ (crc >> 8);
        }
    }
    return crc;
}

/* Multiplications and shifts in chains of three. */
static uint64_t work_hash(void)
{
    fill();
    uint64_t sum = 0;
    for (int round = 0; round < 200; round++) {
        for (int i = 0; i < WORDS; i++) {
            uint64_t z = words[i] * 0xff51afd7ed558ccdu;
            z = (z ^ (z >> 33)) * 0xc4ceb9fe1a85ec53u;
            sum += z ^ (z >> 29);
        }
    }
    return sum;
}

/* Branches that nobody can foretell, but for one in two. */
static uint64_t work_search(void)
{
    fill();
    for (uint64_t i = 0; i < WORDS; i++) {
        words[i] = i * 3;
    }
    uint64_t found = 0;
    for (int round = 0; round < 60000; round++) {
        uint64_t key = next_random() % (WORDS * 3), low = 0, high = WORDS;
        while (low < high) {
            uint64_t middle = (low + high) / 2;
            if (words[middle] < key) {
                low = middle + 1;
            } else {
                high = middle;
            }
            __asm__ volatile("" : "+r"(low), "+r"(high));
        }
        found += low;
    }
    return found;
}

/* Sums of floating point numbers, four at a time. */
static uint64_t work_dot(void)
{
    for (int i = 0; i < DOUBLES; i++) {
        left[i] = i;
        right[i] = DOUBLES - i;
    }
    double sum[4] = {0, 0, 0, 0};
    for (int round = 0; round < 2000; round++) {
        for (int i = 0; i < DOUBLES; i += 4) {
            sum[0] += left[i] * right[i];
            sum[1] += left[i + 1] * right[i + 1];
            sum[2] += left[i + 2] * right[i + 2];
            sum[3] += left[i + 3] * right[i + 3];
        }
    }
    return (uint64_t)(sum[0] + sum[1] + sum[2] + sum[3]);
}

/* Words counted by their lowest bits: loads, stores and additions. */
static uint64_t work_count(void)
{
    static uint32_t counts[256];
    fill();
    for (int round = 0; round < 40; round++) {
        for (int i = 0; i < WORDS * 8; i++) {
            counts[((const uint8_t *)words)[i]]++;
        }
    }
    return counts[7];
}

PROGRAM_START
