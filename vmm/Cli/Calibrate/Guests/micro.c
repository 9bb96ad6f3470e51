/* Micro-benchmarks: micro KIND ROUNDS BYTES CHAINS. They run natively only, and are what the core model is
 * fitted to. The number written is nanoseconds of all rounds. */
#include "guest.h"

enum { LINE = 64, REGION = 256 << 20, CHAINS_MAX = 48, WARM_MAX = 1 << 20 };

static char region[REGION] __attribute__((aligned(2 << 20)));

static uint64_t number(const char *text)
{
    uint64_t value = 0;
    for (; *text >= '0' && *text <= '9'; text++) {
        value = value * 10 + (uint64_t)(*text - '0');
    }
    return value;
}

/* A ring of pointers through all lines of the first bytes, in the order of a linear congruential generator over the
 * next power of two, what lies beyond being passed over. The generator's period is full where the multiplier is 1
 * modulo 4 and the increment is odd (T. Hull, A. Dobell, 1962). */
static void make_ring(uint64_t bytes)
{
    uint64_t lines = bytes / LINE, mask = 1, at = 0;
    while (mask < lines) {
        mask *= 2;
    }
    mask--;
    for (uint64_t i = 0; i < lines; i++) {
        uint64_t next = at;
        do {
            next = (next * 0x5851f42d4c957f2du + 0x14057b7ef767814fu) & mask;
        } while (next >= lines);
        *(void **)(region + at * LINE) = region + next * LINE;
        at = next;
    }
}

static uint64_t chase(uint64_t rounds, uint64_t bytes)
{
    make_ring(bytes);
    void *at = region;
    for (uint64_t i = 0; i < bytes / LINE && i < WARM_MAX; i++) {
        at = *(void *volatile *)at;
    }
    uint64_t begin = now_ns();
    for (uint64_t i = 0; i < rounds; i++) {
        at = *(void *volatile *)at;
    }
    uint64_t end = now_ns();
    __asm__ volatile("" : : "r"(at));
    return end - begin;
}

/* So many chases at once, rounds of each. */
static uint64_t overlap(uint64_t rounds, uint64_t bytes, uint64_t chains)
{
    void *at[CHAINS_MAX];
    make_ring(bytes);
    for (uint64_t chain = 0; chain < CHAINS_MAX; chain++) {
        at[chain] = region + (bytes / LINE / CHAINS_MAX + 5) * chain * LINE % bytes;
    }
    uint64_t begin = now_ns();
    for (uint64_t i = 0; i < rounds; i++) {
        for (uint64_t chain = 0; chain < chains; chain++) {
            at[chain] = *(void *volatile *)at[chain];
        }
    }
    uint64_t end = now_ns();
    __asm__ volatile("" : : "r"(at) : "memory");
    return end - begin;
}

/* Reads a word of each line, one after the other: rounds times all bytes. */
static uint64_t stream(uint64_t rounds, uint64_t bytes)
{
    memset(region, 1, bytes);
    uint64_t begin = now_ns();
    uint64_t sum = 0;
    for (uint64_t round = 0; round < rounds; round++) {
        for (uint64_t i = 0; i < bytes; i += LINE) {
            sum += *(volatile uint64_t *)(region + i);
        }
    }
    uint64_t end = now_ns();
    __asm__ volatile("" : : "r"(sum));
    return end - begin;
}

#define EIGHT(text) text text text text text text text text
#define LOOP(name, setup, body, ...)                                  \
    static uint64_t name(uint64_t rounds)                             \
    {                                                                 \
        uint64_t begin = now_ns();                                    \
        __asm__ volatile(setup "1:\n" EIGHT(body) "dec %0\njnz 1b\n"  \
                         : "+r"(rounds)                               \
                         :                                            \
                         : "cc", __VA_ARGS__);                        \
        return now_ns() - begin;                                      \
    }

/* Chains have 8 instructions a round that wait for one another; `mix` has 32 that wait for nothing, of three
 * kinds, so that no kind of unit limits them. */
LOOP(chain_add, "mov $3, %%rax\n", "add %%rax, %%rax\n", "rax")
LOOP(chain_mul, "mov $3, %%rax\n", "imul %%rax, %%rax\n", "rax")
LOOP(chain_div, "mov $0, %%edx\nmov $1, %%eax\nmov $1, %%ebx\n", "div %%ebx\n", "rax", "rbx", "rdx")
LOOP(chain_fadd, "xorps %%xmm0, %%xmm0\n", "addsd %%xmm0, %%xmm0\n", "xmm0")
LOOP(chain_fmul, "xorps %%xmm0, %%xmm0\n", "mulsd %%xmm0, %%xmm0\n", "xmm0")
LOOP(mix, "", "lea 1(%%r8), %%rax\nlea 2(%%r8), %%rbx\nmov (%%rsp), %%rdx\nmovaps %%xmm0, %%xmm1\n",
     "rax", "rbx", "rdx", "xmm1", "memory")

/* Branches over an addition that a bit of each byte decides: always the same one way, or as chance has it. The
 * difference is what mispredictions cost, of which chance brings one in two. */
static uint64_t branch(uint64_t rounds, int is_random)
{
    enum { BYTES = 1 << 16 };
    for (int i = 0; i < BYTES; i++) {
        region[i] = is_random ? (char)(next_random() & 1) : 0;
    }
    uint64_t begin = now_ns(), sum = 0;
    for (uint64_t i = 0; i < rounds; i++) {
        __asm__ volatile("testb $1, %1\njz 1f\nadd $1, %0\n1:\n" : "+r"(sum) : "m"(region[i % BYTES]) : "cc");
    }
    return now_ns() - begin;
}

static int is(const char *text, const char *word)
{
    while (*text && *text == *word) {
        text++;
        word++;
    }
    return *text == *word;
}

static uint64_t measure(const char *kind, uint64_t rounds, uint64_t bytes, uint64_t chains)
{
    return is(kind, "chase")      ? chase(rounds, bytes)
           : is(kind, "overlap")  ? overlap(rounds, bytes, chains)
           : is(kind, "stream")   ? stream(rounds, bytes)
           : is(kind, "add")      ? chain_add(rounds)
           : is(kind, "multiply") ? chain_mul(rounds)
           : is(kind, "divide")   ? chain_div(rounds)
           : is(kind, "fadd")     ? chain_fadd(rounds)
           : is(kind, "fmultiply") ? chain_fmul(rounds)
           : is(kind, "mix")      ? mix(rounds)
           : is(kind, "foreseen") ? branch(rounds, 0)
           : is(kind, "chance")   ? branch(rounds, 1)
                                  : 0;
}

__attribute__((used)) static void start(const long *stack)
{
    const char *const *words = (const char *const *)(stack + 1);
    if (stack[0] != 5) {
        call3(SYS_EXIT, 2, 0, 0);
    }
    call3(SYS_MADVISE, (long)region, REGION, HUGE_PAGES);
    finish(measure(words[1], number(words[2]), number(words[3]), number(words[4])), 0);
}

__asm__(".globl _start\n_start:\nxor %ebp, %ebp\nmov %rsp, %rdi\nand $-16, %rsp\ncall start\n");
