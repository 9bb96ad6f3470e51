// BMI, POPCNT, AES, CLMUL, SHA, CRC32, F16C, MOVBE, CMPXCHG16B, 128-bit division.
// Argument: rounds.
#include "guest.h"

#include <immintrin.h>
#include <stdio.h>

__attribute__((target("bmi,bmi2,popcnt,lzcnt,movbe"), noinline)) static uint64_t bits(uint64_t x) {
    uint64_t y = _pext_u64(x, 0x0f0f00ff00ff3333ULL) + _pdep_u64(x, 0x5555aaaa5555aaaaULL);
    y ^= _blsr_u64(x) + _blsi_u64(x) + _blsmsk_u64(x) + _bzhi_u64(x, 37) + _bextr_u64(x, 5, 21);
    y += (uint64_t)_mm_popcnt_u64(x) + _lzcnt_u64(x) + _tzcnt_u64(x);
    unsigned long long high;
    y ^= _mulx_u64(x, y, &high);
    return y + high + __builtin_bswap64(x) + (x >> (y & 63)) + ((int64_t)x >> (y & 31));
}

__attribute__((target("aes,pclmul,sse4.2"), noinline)) static uint64_t crypt(uint64_t x) {
    __m128i v = _mm_set_epi64x((long long)x, (long long)(x * 3));
    __m128i key = _mm_set_epi64x(0x0123456789abcdefLL, 0x0fedcba987654321LL);
    v = _mm_aesenc_si128(v, key);
    v = _mm_aesdeclast_si128(_mm_aesimc_si128(v), _mm_aeskeygenassist_si128(key, 7));
    v = _mm_clmulepi64_si128(v, key, 0x11);
    uint64_t c = _mm_crc32_u64(x, (uint64_t)_mm_cvtsi128_si64(v));
    return c ^ (uint64_t)_mm_extract_epi64(v, 1);
}

__attribute__((target("sha,sse4.1"), noinline)) static uint64_t sha(uint64_t x) {
    __m128i a = _mm_set_epi64x((long long)x, (long long)~x), b = _mm_set1_epi32((int)x);
    a = _mm_sha256rnds2_epu32(a, b, _mm_sha256msg1_epu32(b, a));
    a = _mm_sha256msg2_epu32(a, _mm_sha1rnds4_epu32(a, b, 2));
    a = _mm_sha1nexte_epu32(_mm_sha1msg1_epu32(a, b), _mm_sha1msg2_epu32(b, a));
    return (uint64_t)_mm_cvtsi128_si64(a) ^ (uint64_t)_mm_extract_epi64(a, 1);
}

__attribute__((target("avx2,f16c,fma"), noinline)) static uint64_t vectors(uint64_t x) {
    __m256i v = _mm256_set1_epi64x((long long)x);
    v = _mm256_permutevar8x32_epi32(v, _mm256_setr_epi32(7, 1, 6, 2, 5, 3, 4, 0));
    v = _mm256_shuffle_epi8(v, _mm256_add_epi8(v, _mm256_set1_epi8(3)));
    v = _mm256_sllv_epi32(v, _mm256_and_si256(v, _mm256_set1_epi32(31)));
    __m256 f = _mm256_cvtph_ps(_mm_set1_epi64x((long long)(x & 0x3bff3bff3bff3bffULL)));
    f = _mm256_fmadd_ps(f, f, _mm256_rcp_ps(_mm256_set1_ps(4.0f)));
    v = _mm256_xor_si256(v, _mm256_castps_si256(_mm256_round_ps(f, 0)));
    uint64_t parts[4];
    _mm256_storeu_si256((__m256i *)parts, v);
    return parts[0] ^ parts[1] * 3 ^ parts[2] * 5 ^ parts[3] * 7;
}

__attribute__((noinline)) static uint64_t integers(uint64_t x) {
    static _Alignas(16) uint64_t pair[2] = {1, 2};
    uint64_t low = pair[0], high = pair[1];
    unsigned char done;
    __asm__ volatile("lock cmpxchg16b %1; setz %0"
                     : "=q"(done), "+m"(pair), "+a"(low), "+d"(high)
                     : "b"(x), "c"(x ^ 5)
                     : "cc");
    unsigned __int128 wide = (unsigned __int128)x * 0x9E3779B97F4A7C15ULL + done;
    uint64_t swapped = __atomic_exchange_n(&pair[0], x + 1, __ATOMIC_SEQ_CST);
    swapped += __atomic_fetch_add(&pair[1], 3, __ATOMIC_SEQ_CST);
    return (uint64_t)(wide / (x | 1)) ^ (uint64_t)(wide % 1000003) ^ swapped;
}

int main(int argc, char **argv) {
    long rounds = argument(argc, argv, 1, 1000);
    uint64_t x = 0x123456789abcdefULL, sums[5] = {0};
    for (long r = 0; r < rounds; r++) {
        sums[0] += bits(x);
        sums[1] += crypt(x);
        sums[2] += sha(x);
        sums[3] += vectors(x);
        sums[4] += integers(x);
        nextRandom(&x);
    }
    printf("isa %ld: bits %016llx crypt %016llx sha %016llx vectors %016llx integers %016llx\n",
           rounds, (unsigned long long)sums[0], (unsigned long long)sums[1],
           (unsigned long long)sums[2], (unsigned long long)sums[3], (unsigned long long)sums[4]);
    return 0;
}
