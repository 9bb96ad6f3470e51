// Mappings and what happens at their edges.
#include "conform.h"
#include <setjmp.h>

static sigjmp_buf back;
static siginfo_t fault;
static void caught(int number, siginfo_t *info, void *context) {
    (void)context;
    fault = *info;
    siglongjmp(back, number);
}
// What an access to an address gives: its value or the signal and its code.
static void touch(volatile char *at, int isStore) {
    struct sigaction a = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &a, NULL);
    sigaction(SIGBUS, &a, NULL);
    int number = sigsetjmp(back, 1);
    if (number) {
        S("<%d %d %d>", number, fault.si_code, fault.si_addr == at);
    } else if (isStore) {
        *at = 'w';
        S("stored");
    } else {
        S("%d", *at);
    }
}
static char *some(int pages, int protection) {
    return mmap(NULL, pages * 4096L, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}
#define RW (PROT_READ | PROT_WRITE)

T(mmap_anonymous) {
    char *m = some(2, RW); R(m != MAP_FAILED); R(((long)m & 4095)); R(m[5000]); m[5000] = 3; R(m[5000]);
    R(munmap(m, 8192)); touch(m, 0);
}
T(mmap_errors) {
    int f = make("a", "x"), r = open("a", O_RDONLY), w = open("a", O_WRONLY);
    R(mmap(NULL, 0, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)); R(mmap(NULL, 4096, RW, MAP_ANONYMOUS, -1, 0));
    R(mmap(NULL, 4096, RW, MAP_PRIVATE, -1, 0)); R(syscall(SYS_mmap, NULL, 4096, RW, MAP_PRIVATE, f, 100));
    R(mmap(NULL, 4096, RW, MAP_SHARED, r, 0)); R(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, w, 0));
    R(mmap((void *)4097, 4096, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
    R(mmap(NULL, 1UL << 60, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)); int d = open(".", O_RDONLY);
    R(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, d, 0)); int p[2]; pipe(p);
    R(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, p[0], 0));
    R(mmap(NULL, -4096L, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    R(mmap(NULL, 4096, RW, MAP_SHARED_VALIDATE | MAP_ANONYMOUS | 0x800000, -1, 0));
}
T(mmap_fixed) {
    char *m = some(4, RW); m[0] = 1; m[4096] = 2; m[8192] = 3;
    R(mmap(m + 4096, 4096, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == m + 4096);
    S("%d %d %d", m[0], m[4096], m[8192]);
    R(mmap(m, 4096, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0)); munmap(m, 4096);
    R(mmap(m, 4096, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == m);
    R(mmap(m - 4096 * 0, 8192, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0));
}
T(mmap_hint) {
    char *m = some(4, RW); munmap(m, 4 * 4096);
    R(mmap(m + 100, 4096, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == m);
    R(mmap(m, 4096, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != m);
}
T(mmap_none) {
    char *m = some(1, PROT_NONE); touch(m, 0); touch(m, 1); R(mprotect(m, 4096, PROT_READ)); touch(m, 0);
    touch(m, 1); R(mprotect(m, 4096, RW)); touch(m, 1);
}
T(mmap_file_private) {
    int f = make("a", "hello"); char *m = mmap(NULL, 4096, RW, MAP_PRIVATE, f, 0); S("%.5s %d", m, m[5]);
    m[0] = 'J'; dump("a"); pwrite(f, "X", 1, 4); S("%c", m[0]); close(f); S("%.4s", m);
}
T(mmap_file_shared) {
    int f = make("a", "hello"); char *m = mmap(NULL, 4096, RW, MAP_SHARED, f, 0); m[0] = 'J'; dump("a");
    pwrite(f, "X", 1, 4); S("%.5s", m); m[10] = 'z'; struct stat s; fstat(f, &s); R(s.st_size);
    R(msync(m, 4096, MS_SYNC)); R(munmap(m, 4096)); dump("a");
}
T(mmap_file_two_views) {
    int f = make("a", "hello");
    char *m = mmap(NULL, 4096, RW, MAP_SHARED, f, 0), *n = mmap(NULL, 4096, PROT_READ, MAP_SHARED, f, 0);
    m[1] = 'u'; S("%.5s", n); char *o = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, f, 0); S("%.5s", o);
    touch(n, 1);
}
T(mmap_past_end) {
    int f = make("a", "hello"); char *m = mmap(NULL, 3 * 4096, RW, MAP_SHARED, f, 0); touch(m + 4095, 0);
    touch(m + 4096, 0); touch(m + 8192, 1); ftruncate(f, 5000); touch(m + 4999, 0); touch(m + 4096, 1);
    touch(m + 8192, 0);
}
T(mmap_shrunk) {
    int f = make("a", ""); ftruncate(f, 8192); char *m = mmap(NULL, 8192, RW, MAP_SHARED, f, 0); m[4096] = 1;
    ftruncate(f, 100); touch(m, 0); touch(m + 4096, 0); char b; R(write(f, m + 4096, 1));
    R(read(open("/dev/zero", O_RDONLY), &b, 1));
}
T(mmap_offset) {
    int f = make("a", ""); ftruncate(f, 3 * 4096); pwrite(f, "second", 6, 4096);
    char *m = mmap(NULL, 4096, PROT_READ, MAP_SHARED, f, 4096); S("%s", m); munmap(m, 4096);
    m = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, f, 1L << 40); R(m != MAP_FAILED); touch(m, 0);
}
T(mmap_shared_anonymous) {
    char *m = mmap(NULL, 4096, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0); pid_t child = fork();
    if (!child) { m[7] = 'c'; _exit(0); } ended(child); S("%c", m[7]);
}
T(mmap_private_and_fork) {
    char *m = some(1, RW); m[0] = 1; pid_t child = fork(); if (!child) { S("%d", m[0]); m[0] = 2; _exit(m[0]);
    } ended(child); R(m[0]);
}
T(mmap_device_zero) {
    int z = open("/dev/zero", O_RDWR); char *m = mmap(NULL, 4096, RW, MAP_PRIVATE, z, 0); R(m != MAP_FAILED);
    R(m[9]); m[9] = 1; R(m[9]); int n = open("/dev/null", O_RDWR);
    R(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, n, 0));
}
T(munmap_parts) {
    char *m = some(5, RW); memset(m, 5, 5 * 4096); R(munmap(m + 4096, 4096)); R(munmap(m + 3 * 4096, 1));
    touch(m, 0); touch(m + 4096, 0); touch(m + 8192, 0); touch(m + 3 * 4096, 0); touch(m + 4 * 4096, 0);
    R(munmap(m, 5 * 4096)); touch(m, 0); R(munmap(m, 5 * 4096)); R(munmap(m + 1, 4096)); R(munmap(m, 0));
    R(munmap(m, -4096L));
}
T(mprotect_parts) {
    char *m = some(3, RW); memset(m, 7, 3 * 4096); R(mprotect(m + 4096, 4096, PROT_READ)); touch(m + 4095, 1);
    touch(m + 4096, 1); touch(m + 4096, 0); touch(m + 8192, 1); R(mprotect(m + 4096, 4096, PROT_NONE));
    touch(m + 5000, 0);
}
T(mprotect_errors) {
    char *m = some(3, RW); munmap(m + 4096, 4096); R(mprotect(m + 1, 4096, RW)); R(mprotect(m, 0, RW));
    R(mprotect(m, 3 * 4096, PROT_READ)); touch(m, 1); R(mprotect(m + 4096, 4096, RW));
    R(mprotect(m, 4096, 0x7f00)); int f = make("a", "x"), r = open("a", O_RDONLY);
    char *n = mmap(NULL, 4096, PROT_READ, MAP_SHARED, r, 0); R(mprotect(n, 4096, RW)); R(f > 0);
}
T(mprotect_execute) {
    unsigned char *m = (void *)some(1, RW); memcpy(m, "\xb8\x2a\0\0\0\xc3", 6);
    R(mprotect(m, 4096, PROT_READ | PROT_EXEC));
    if (mprotect(m, 4096, PROT_READ | PROT_EXEC) == 0) { R(((int (*)(void))m)()); touch((char *)m, 1); }
}
T(execute_data) {
    char *m = some(1, RW); m[0] = (char)0xc3;
    struct sigaction a = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO}; sigaction(SIGSEGV, &a, NULL);
    int n = sigsetjmp(back, 1); if (!n) { ((void (*)(void))m)(); S("ran");
    } else { S("<%d %d %d>", n, fault.si_code, fault.si_addr == m); }
}
T(mremap_grow) {
    char *m = some(2, RW); m[0] = 1; m[8191] = 2; char *n = mremap(m, 8192, 5 * 4096, MREMAP_MAYMOVE);
    R(n != MAP_FAILED); S("%d %d %d", n[0], n[8191], n[5 * 4096 - 1]); n[5 * 4096 - 1] = 1;
}
T(mremap_shrink) {
    char *m = some(3, RW); m[0] = 1; R(mremap(m, 3 * 4096, 4096, 0) == m); R(m[0]); touch(m + 4096, 0);
}
T(mremap_blocked) {
    char *m = some(3, RW); munmap(m + 4096, 4096); R(mremap(m, 4096, 3 * 4096, 0));
    char *n = mremap(m, 4096, 3 * 4096, MREMAP_MAYMOVE); R(n != MAP_FAILED); R(n == m); touch(m, 0);
}
T(mremap_fixed) {
    char *m = some(4, RW), *t = some(4, RW); m[0] = 9; t[4096] = 3;
    R(mremap(m, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, t + 4096) == t + 4096); R(t[4096]); touch(m, 0);
    R(mremap(t + 4096, 4096, 4096, MREMAP_FIXED, m));
    R(mremap(t, 8192, 8192, MREMAP_MAYMOVE | MREMAP_FIXED, t + 4096));
    R(mremap(t, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, t + 100));
}
T(mremap_errors) {
    char *m = some(2, RW); munmap(m + 4096, 4096); R(mremap(m + 1, 4096, 4096, 0)); R(mremap(m, 4096, 0, 0));
    R(mremap(m + 4096, 4096, 8192, MREMAP_MAYMOVE)); R(mremap(m, 8192, 16384, MREMAP_MAYMOVE));
    R(mremap(m, 4096, 8192, 64)); R(mremap(m, 0, 4096, MREMAP_MAYMOVE));
}
T(mremap_dontunmap) {
    char *m = some(1, RW); m[0] = 5; char *n = mremap(m, 4096, 4096, MREMAP_MAYMOVE | MREMAP_DONTUNMAP);
    R(n != MAP_FAILED && n != m); R(n != MAP_FAILED ? n[0] : 0); R(m[0]);
    R(mremap(m, 4096, 8192, MREMAP_MAYMOVE | MREMAP_DONTUNMAP));
}
T(mremap_shared_copy) {
    char *m = mmap(NULL, 4096, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0); m[0] = 5;
    char *n = mremap(m, 0, 4096, MREMAP_MAYMOVE); R(n != MAP_FAILED); if (n != MAP_FAILED) { R(n[0]); n[0] = 6;
    R(m[0]); }
}
T(mremap_file) {
    int f = make("a", ""); ftruncate(f, 8192); pwrite(f, "B", 1, 4096);
    char *m = mmap(NULL, 4096, RW, MAP_SHARED, f, 0); char *n = mremap(m, 4096, 8192, MREMAP_MAYMOVE);
    S("%c", n[4096]); n[4097] = 'C'; char c; pread(f, &c, 1, 4097); S("%c", c);
}
T(madvise_dontneed) {
    char *m = some(2, RW); m[0] = 1; m[4096] = 2; R(madvise(m, 4096, MADV_DONTNEED)); S("%d %d", m[0], m[4096]);
    int f = make("a", "hello"); char *n = mmap(NULL, 4096, RW, MAP_PRIVATE, f, 0); n[0] = 'J';
    R(madvise(n, 4096, MADV_DONTNEED)); S("%.5s", n);
}
T(madvise_errors) {
    char *m = some(3, RW); munmap(m + 4096, 4096); R(madvise(m, 4096, MADV_WILLNEED));
    R(madvise(m + 1, 4096, MADV_NORMAL)); R(madvise(m, 4096, 99)); R(madvise(m, 3 * 4096, MADV_DONTNEED));
    R(madvise(m + 4096, 4096, MADV_SEQUENTIAL)); R(madvise(m, 0, MADV_DONTNEED));
    R(madvise(m, 4096, MADV_RANDOM)); R(madvise(m, 4096, 5));
}
T(madvise_fork) {
    char *m = some(2, RW); m[0] = 1; m[4096] = 2; R(madvise(m, 4096, MADV_WIPEONFORK));
    R(madvise(m + 4096, 4096, MADV_DONTFORK)); pid_t child = fork(); if (!child) { S("%d", m[0]);
    touch(m + 4096, 0); _exit(0); } ended(child); S("%d %d", m[0], m[4096]);
}
T(madvise_remove) {
    char *m = mmap(NULL, 8192, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0); m[0] = 1; m[4096] = 2;
    R(madvise(m, 4096, MADV_REMOVE)); S("%d %d", m[0], m[4096]); char *n = some(1, RW);
    R(madvise(n, 4096, MADV_REMOVE));
}
T(madvise_free_populate) {
    char *m = some(2, RW); m[0] = 1; R(madvise(m, 4096, MADV_POPULATE_READ));
    R(madvise(m, 8192, MADV_POPULATE_WRITE)); R(m[0]); char *n = some(1, PROT_READ);
    R(madvise(n, 4096, MADV_POPULATE_WRITE)); R(madvise(m, 4096, MADV_FREE));
    R(madvise(m, 4096, MADV_HUGEPAGE) >= -1); R(madvise(m, 4096, MADV_DONTDUMP));
}
T(msync_errors) {
    char *m = some(2, RW); R(msync(m, 4096, MS_SYNC)); R(msync(m, 4096, MS_SYNC | MS_ASYNC));
    R(msync(m + 1, 4096, MS_SYNC)); R(msync(m, 4096, 64)); munmap(m + 4096, 4096); R(msync(m, 8192, MS_SYNC));
    R(msync(m, 0, MS_ASYNC)); R(msync(m, 4096, 0));
}
T(mincore_basic) {
    char *m = some(3, RW); unsigned char v[3] = {9, 9, 9}; m[0] = 1; munmap(m + 8192, 4096);
    R(mincore(m, 4096, v)); R(v[0] & 1); R(mincore(m, 3 * 4096, v)); R(mincore(m + 1, 4096, v));
    R(mincore(m, 4096, BAD)); R(mincore(m, 0, v));
}
T(brk_basic) {
    char *b = (char *)syscall(SYS_brk, 0); R(((char *)syscall(SYS_brk, b + 10000)) - b); b[9999] = 1;
    R(b[5000]); R(((char *)syscall(SYS_brk, b)) - b); R(((char *)syscall(SYS_brk, 1)) - b);
    R(((char *)syscall(SYS_brk, 1UL << 62)) - b); R(((char *)syscall(SYS_brk, b + 10000)) - b); R(b[9999]);
    R(((char *)syscall(SYS_brk, b)) - b);
}
T(mlock_basic) {
    char *m = some(2, RW); R(mlock(m, 4096)); R(munlock(m, 4096)); R(mlock(m + 5, 10)); munmap(m + 4096, 4096);
    R(mlock(m, 8192)); R(munlock(m + 4096, 1)); R(mlock(m, 0)); R(mlock2(m, 4096, MLOCK_ONFAULT));
    R(mlock2(m, 4096, 64)); R(munlockall()); R(mlockall(0)); R(mlockall(64));
}
T(mmap_populate_stack) {
    char *m = mmap(NULL, 4 * 4096, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE | MAP_POPULATE,
    -1, 0); R(m != MAP_FAILED); m[0] = 1; R(m[0]);
    char *n = mmap(NULL, 4096, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    R(n != MAP_FAILED && (unsigned long)n < (1UL << 32));
}
T(null_page) {
    R(mmap(NULL, 4096, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)); touch((char *)8, 0);
    touch((char *)8, 1); touch((char *)(1UL << 47), 0);
}
T(address_limit) {
    struct rlimit old, few; getrlimit(RLIMIT_AS, &old); few = old; few.rlim_cur = 1 << 20;
    R(setrlimit(RLIMIT_AS, &few)); R(mmap(NULL, 1 << 26, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    R(setrlimit(RLIMIT_AS, &old));
}
T(remap_file_pages_old) {
    int f = make("a", ""); ftruncate(f, 8192); pwrite(f, "A", 1, 0); pwrite(f, "B", 1, 4096);
    char *m = mmap(NULL, 8192, RW, MAP_SHARED, f, 0); R(remap_file_pages(m, 4096, 0, 1, 0));
    S("%c%c", m[0], m[4096]);
}
T(membarrier_basic) {
    R(syscall(SYS_membarrier, 0, 0, 0) > 0); R(syscall(SYS_membarrier, 1 << 4, 0, 0));
    R(syscall(SYS_membarrier, 1 << 3, 0, 0)); R(syscall(SYS_membarrier, 3, 0, 0));
    R(syscall(SYS_membarrier, 0, 9, 0));
}
T(process_vm) {
    char a[8] = "source", b[8] = ""; struct iovec l = {b, 7}, r = {a, 7};
    R(process_vm_readv(getpid(), &l, 1, &r, 1, 0)); S("%s", b); strcpy(b, "target");
    R(process_vm_writev(getpid(), &l, 1, &r, 1, 0)); S("%s", a); R(process_vm_readv(getpid(), &l, 1, &r, 1, 1));
    r.iov_base = BAD; R(process_vm_readv(getpid(), &l, 1, &r, 1, 0));
    R(process_vm_readv(1 << 22, &l, 1, &r, 1, 0));
}
