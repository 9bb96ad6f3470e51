// Accesses to a window of the node, /dev/NAME. Arguments: NAME MODE [COUNT [THREADS]].
// forms: every kind of instruction that reaches a device. memory: what only memory can do.
// load, store: COUNT of them by each of THREADS threads. sum, square: what devices compute. calls: what system
// calls say. readonly, movs, locked, two: what ends the program.
#include "guest.h"

#include <errno.h>
#include <fcntl.h>
#include <immintrin.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static volatile char *window;
static long count;

static volatile void *at(long offset) { return window + offset; }
#define AS(type, offset) (*(volatile type *)at(offset))

static void forms(void) {
    AS(uint64_t, 0x40) = 0x8877665544332211;
    AS(uint32_t, 0x48) = 0xccbbaa99;
    AS(uint16_t, 0x4c) = 0x1234;
    AS(uint8_t, 0x4e) = 0xfe;
    printf("mov %llx %x %x %x\n", (unsigned long long)AS(uint64_t, 0x40), AS(uint32_t, 0x48),
           AS(uint16_t, 0x4c), AS(uint8_t, 0x4e));
    printf("extend %lld %lld %lld %llu\n", (long long)AS(int8_t, 0x4e), (long long)AS(int16_t, 0x4a),
           (long long)AS(int32_t, 0x48), (unsigned long long)AS(uint8_t, 0x4e));
    uint64_t low = 0x2222222222222222, flags = 0;
    __asm__ volatile("movb (%1), %b0" : "+r"(low) : "r"(at(0x40)));
    printf("byte into a register %llx\n", (unsigned long long)low);
    __asm__ volatile("movq $-5, (%0)" : : "r"(at(0x50)) : "memory");
    __asm__ volatile("addq %1, (%0)" : : "r"(at(0x50)), "r"(7L) : "memory");
    __asm__ volatile("orl $0x100, (%0)\n\tincw (%0)\n\tnotb 7(%0)" : : "r"(at(0x50)) : "memory", "cc");
    printf("modify %llx\n", (unsigned long long)AS(uint64_t, 0x50));
    __asm__ volatile("cmpq $0x103, (%1)\n\tpushfq\n\tpopq %0" : "=r"(flags) : "r"(at(0x50)) : "cc");
    printf("compare zero %d carry %d\n", (int)(flags >> 6 & 1), (int)(flags & 1));
    __m128i wide = _mm_set_epi64x(0x0f0e0d0c0b0a0908, 0x0706050403020100);
    _mm_store_si128((__m128i *)at(0x60), wide);
    __m128i back = _mm_load_si128((__m128i *)at(0x60));
    printf("vector %llx %llx\n", (unsigned long long)_mm_cvtsi128_si64(back),
           (unsigned long long)_mm_extract_epi16(back, 7));
    __asm__ volatile("vmovdqu (%0), %%ymm1\n\tvpaddb %%ymm1, %%ymm1, %%ymm1\n\tvmovdqu %%ymm1, 0x40(%0)"
                     : : "r"(at(0x60)) : "memory", "xmm1");
    printf("wide %llx\n", (unsigned long long)AS(uint64_t, 0xa8));
    memcpy((void *)at(0xbd), "across", 6); // a store of 4 over the end of a line
    printf("across %.6s\n", (const char *)at(0xbd));
    double real = 2.5, root;
    __asm__ volatile("movsd %1, (%2)\n\taddsd (%2), %0" : "=x"(root) : "x"(real), "r"(at(0xd0)), "0"(1.0) : "memory");
    printf("real %.2f\n", root);
    _mm_clflush((void *)at(0x40));
    __builtin_prefetch((void *)at(0x40));
    printf("after the flush %x\n", AS(uint8_t, 0x41));
}

static void *work(void *argument) {
    long slot = (long)argument & 0xff;
    long isStore = (long)argument >> 8;
    uint64_t sum = 0;
    for (long i = 0; i < count; i++) {
        if (isStore) {
            AS(uint64_t, 0x100 + 8 * slot) = (uint64_t)i;
        } else {
            sum += AS(uint64_t, 0x100 + 8 * slot);
        }
    }
    return (void *)sum;
}

static void many(long threads, int isStore) {
    pthread_t all[64];
    for (long i = 1; i < threads; i++) {
        pthread_create(&all[i], NULL, work, (void *)(i | (long)isStore << 8));
    }
    work((void *)((long)isStore << 8));
    for (long i = 1; i < threads; i++) {
        pthread_join(all[i], NULL);
    }
    printf("%ld accesses by each of %ld, at the end %llu\n", count, threads,
           (unsigned long long)AS(uint64_t, 0x100));
}

static const char *result(long value) { return value < 0 ? strerror(errno) : "done"; }

static void calls(int file) {
    char *bad = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, file, 0);
    printf("private %s\n", bad == MAP_FAILED ? result(-1) : "done");
    bad = mmap(NULL, 1 << 30, PROT_READ, MAP_SHARED, file, 4096);
    printf("beyond %s\n", bad == MAP_FAILED ? result(-1) : "done");
    bad = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, file, 0);
    printf("execute %s\n", bad == MAP_FAILED ? result(-1) : "done");
    printf("read %s\n", result(read(file, &(char){0}, 1)));
    int zero = open("/dev/zero", O_RDWR);
    printf("read into it %s\n", result(read(zero, (void *)window, 8)));
    printf("write from it %s\n", result(write(zero, (void *)window, 8)));
    printf("execute later %s\n", result(mprotect((void *)window, 4096, PROT_READ | PROT_EXEC)));
    printf("none and back %s", result(mprotect((void *)window, 4096, PROT_NONE)));
    printf(" %s\n", result(mprotect((void *)window, 4096, PROT_READ | PROT_WRITE)));
    struct stat status;
    long told = fstat(file, &status);
    printf("status %s, a device: %d\n", result(told), S_ISCHR(status.st_mode));
    AS(uint64_t, 0x40) = 77;
    printf("still there %llu\n", (unsigned long long)AS(uint64_t, 0x40));
    printf("unmap %s\n", result(munmap((void *)window, 4096)));
}

static void memory(int file) {
    AS(uint64_t, 0x40) = 40;
    __asm__ volatile("lock addq $2, (%0)" : : "r"(at(0x40)) : "memory", "cc");
    uint64_t old = 100;
    __asm__ volatile("xchgq %0, (%1)" : "+r"(old) : "r"(at(0x48)) : "memory");
    volatile uint64_t *other = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    printf("locked %llu, exchanged %llu, elsewhere %llu %llu\n", (unsigned long long)AS(uint64_t, 0x40),
           (unsigned long long)old, (unsigned long long)other[8], (unsigned long long)other[9]);
}

int main(int argc, char **argv) {
    char path[64];
    const char *mode = argc > 2 ? argv[2] : "forms";
    count = argument(argc, argv, 3, 100);
    long threads = argument(argc, argv, 4, 1);
    snprintf(path, sizeof path, "/dev/%s", argc > 1 ? argv[1] : "scratch");
    int file = open(path, O_RDWR);
    int isReadOnly = strcmp(mode, "readonly") == 0;
    window = file < 0 ? MAP_FAILED
                      : mmap(NULL, 4096, isReadOnly ? PROT_READ : PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (window == MAP_FAILED || threads > 32) {
        printf("%s: %s\n", path, strerror(errno));
        return 1;
    }
    if (strcmp(mode, "forms") == 0) {
        forms();
    } else if (strcmp(mode, "memory") == 0) {
        memory(file);
    } else if (strcmp(mode, "load") == 0 || strcmp(mode, "store") == 0) {
        many(threads, mode[0] == 's');
    } else if (strcmp(mode, "sum") == 0) {
        AS(uint64_t, 0x08) = 1000;
        AS(uint64_t, 0x10) = 234;
        printf("sum %llu\n", (unsigned long long)AS(uint64_t, 0x18));
        printf("accesses before %llu\n", (unsigned long long)AS(uint64_t, 0));
    } else if (strcmp(mode, "square") == 0) {
        AS(int32_t, 0) = 7;
        int first = AS(int32_t, 0);
        AS(int32_t, 0) = -12;
        printf("7 squared is %d, -12 squared is %d\n", first, AS(int32_t, 0));
    } else if (strcmp(mode, "calls") == 0) {
        calls(file);
    } else if (isReadOnly) {
        printf("load %llu\n", (unsigned long long)AS(uint64_t, 0x40));
        fflush(stdout);
        AS(uint64_t, 0x40) = 1;
    } else if (strcmp(mode, "movs") == 0) {
        const void *from = "0123456789abcdef";
        void *to = (void *)at(0x40);
        long bytes = 16;
        __asm__ volatile("rep movsb" : "+S"(from), "+D"(to), "+c"(bytes) : : "memory");
    } else if (strcmp(mode, "locked") == 0) {
        __asm__ volatile("lock addq $2, (%0)" : : "r"(at(0x40)) : "memory", "cc");
    } else if (strcmp(mode, "two") == 0) {
        __asm__ volatile("pushq (%0)\n\tpopq %%rax" : : "r"(at(0x40)) : "memory", "rax");
    } else {
        printf("no mode %s\n", mode);
        return 1;
    }
    return 0;
}
