// AVX2 gathers, masked loads and stores. Arguments: elements, rounds.
#include "guest.h"

#include <immintrin.h>
#include <stdio.h>

__attribute__((target("avx2"), noinline)) static uint64_t gather(
    const int *table, const int *index, long n) {
    __m256i sum = _mm256_setzero_si256();
    for (long i = 0; i < n; i += 8) {
        __m256i at = _mm256_loadu_si256((const __m256i *)(index + i));
        __m256i mask = _mm256_cmpgt_epi32(at, _mm256_set1_epi32((int)n / 8));
        sum = _mm256_add_epi32(sum, _mm256_i32gather_epi32(table, at, 4));
        sum = _mm256_xor_si256(
            sum, _mm256_mask_i32gather_epi32(sum, table, at, mask, 4));
        __m256i wide = _mm256_i32gather_epi64(
            (const long long *)table, _mm256_castsi256_si128(_mm256_srli_epi32(at, 1)), 8);
        sum = _mm256_add_epi64(sum, wide);
    }
    uint64_t parts[4];
    _mm256_storeu_si256((__m256i *)parts, sum);
    return parts[0] ^ parts[1] * 3 ^ parts[2] * 5 ^ parts[3] * 7;
}

__attribute__((target("avx2"), noinline)) static uint64_t masked(int *table, long n) {
    __m256i sum = _mm256_setzero_si256();
    for (long i = 0; i + 8 <= n; i += 8) {
        __m256i mask = _mm256_set_epi32(-1, 0, -1, (int)i, 0, -1, -(int)(i & 8), -1);
        __m256i part = _mm256_maskload_epi32(table + i, mask);
        sum = _mm256_add_epi32(sum, part);
        _mm256_maskstore_epi32(table + i, _mm256_srli_epi32(mask, 3), part);
    }
    uint64_t parts[4];
    _mm256_storeu_si256((__m256i *)parts, sum);
    return parts[0] + parts[1] + parts[2] + parts[3];
}

int main(int argc, char **argv) {
    long n = argument(argc, argv, 1, 4096) & ~7L;
    long rounds = argument(argc, argv, 2, 10);
    int *table = malloc((n + 8) * sizeof *table), *index = malloc(n * sizeof *index);
    if (!table || !index) {
        return 1;
    }
    uint64_t seed = 5, x = 0;
    for (long i = 0; i < n; i++) {
        table[i] = (int)(nextRandom(&seed) >> 33);
        index[i] = (int)(nextRandom(&seed) % (uint64_t)n);
    }
    for (long r = 0; r < rounds; r++) {
        x = x * 31 + gather(table, index, n);
        x += masked(table, n);
    }
    printf("gather %ld x %ld: %016llx\n", n, rounds, (unsigned long long)x);
    free(table);
    free(index);
    return 0;
}
