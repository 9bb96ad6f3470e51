// Bytes between memory, files and pipes.
#include "conform.h"

T(read_write_basic) {
    int f = make("a", ""); R(write(f, "hello", 5)); R(lseek(f, 1, SEEK_SET)); char b[9] = ""; R(read(f, b, 3));
    S("%s", b); R(read(f, b, 8)); R(read(f, b, 8)); R(read(f, b, 0)); R(write(f, b, 0));
}
T(read_errors) {
    int f = make("a", "hello"); char b[9]; R(read(77, b, 9)); R(read(f, BAD, 5)); R(lseek(f, 0, SEEK_CUR));
    R(write(f, BAD, 5)); R(read(f, BAD, 0)); R(syscall(SYS_read, f, b, -1L));
    R(read(open(".", O_RDONLY), b, 9));
}
T(read_partly_bad) {
    int f = make("a", "0123456789");
    char *m = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(m + 4096, 4096);
    R(syscall(SYS_read, f, m + 4092, 10) != 10);
    int p[2];
    pipe(p);
    R(write(p[1], m + 4096, 10));
}
T(pread_pwrite) {
    int f = make("a", "0123456789"); char b[9] = ""; R(pread(f, b, 4, 3)); S("%s", b); R(lseek(f, 0, SEEK_CUR));
    R(pwrite(f, "XY", 2, 12)); dump("a"); R(pread(f, b, 4, -1)); R(pwrite(f, b, 4, -1)); R(pread(f, b, 4, 100));
    R(pread(77, b, 1, 0)); R(pread(f, b, 4, LONG_MAX)); R(pwrite(f, b, 4, LONG_MAX - 1));
}
T(readv_writev) {
    int f = make("a", "");
    struct iovec w[3] = {{"abc", 3}, {NULL, 0}, {"defg", 4}};
    R(writev(f, w, 3));
    char x[3] = "", y[9] = "";
    struct iovec r[2] = {{x, 2}, {y, 8}};
    lseek(f, 0, SEEK_SET);
    R(readv(f, r, 2));
    S("%s %s", x, y);
    R(readv(f, r, 0));
    R(readv(f, r, 1025));
    R(readv(f, r, -1));
    R(readv(77, r, 1));
    R(readv(f, BAD, 1));
    R(readv(f, BAD, 0));
    r[0].iov_len = -1;
    R(readv(f, r, 2));
}
T(writev_partly_bad) {
    int f = make("a", ""); struct iovec w[3] = {{"abc", 3}, {BAD, 4}, {"defg", 4}}; R(writev(f, w, 3));
    dump("a"); w[0].iov_base = BAD; R(writev(f, w, 3));
}
T(preadv_pwritev) {
    int f = make("a", "0123456789"); struct iovec w[2] = {{"ab", 2}, {"cd", 2}}; R(pwritev(f, w, 2, 2));
    dump("a"); char b[9] = ""; struct iovec r = {b, 8}; R(preadv(f, &r, 1, 3)); S("%s", b);
    R(preadv(f, &r, 1, -5)); R(preadv2(f, &r, 1, -1, 0)); R(lseek(f, 0, SEEK_CUR));
    R(preadv2(f, &r, 1, 0, 0x4000)); R(pwritev2(f, w, 2, 0, RWF_APPEND)); dump("a");
    R(pwritev2(f, w, 1, 0, RWF_DSYNC)); R(preadv2(f, &r, 1, 0, RWF_NOWAIT) != 0);
}
// The limit holds for what is printed too, so results are kept until it is lifted.
static struct rlimit unlimited;
static void limitFiles(void) {
    getrlimit(RLIMIT_FSIZE, &unlimited);
    struct rlimit few = {10, unlimited.rlim_max};
    setrlimit(RLIMIT_FSIZE, &few);
}
T(write_past_limit) {
    int f = make("a", "");
    signal(SIGXFSZ, SIG_IGN);
    limitFiles();
    long all = write(f, "0123456789abc", 13), more = write(f, "x", 1), why = errno;
    long size = ftruncate(f, 11), at = pwrite(f, "x", 1, 10);
    setrlimit(RLIMIT_FSIZE, &unlimited);
    S("%ld %ld %d %ld %ld", all, more, why == EFBIG, size, at);
    dump("a");
}
static volatile int excesses;
static void exceeded(int n) { excesses += n; }
static void count(int n) { printf(" <%d>", n); }
T(write_limit_signal) {
    int f = make("a", "");
    signal(SIGXFSZ, exceeded);
    limitFiles();
    long first = pwrite(f, "x", 1, 10);
    setrlimit(RLIMIT_FSIZE, &unlimited);
    S("%ld %d", first, excesses);
    R(pwrite(f, "x", 1, 10));
}
T(sendfile_basic) {
    int f = make("a", "0123456789"), g = make("b", ""); R(sendfile(g, f, NULL, 4)); R(lseek(f, 0, SEEK_CUR));
    off_t at = 6; R(sendfile(g, f, &at, 100)); R(at); R(lseek(f, 0, SEEK_CUR)); dump("b");
    R(sendfile(g, f, &at, 5)); at = -1; R(sendfile(g, f, &at, 5)); R(sendfile(g, 77, NULL, 5));
    R(sendfile(77, f, NULL, 5)); R(sendfile(g, f, BAD, 5)); int p[2]; pipe(p); R(sendfile(p[1], f, NULL, 3));
    char c[4] = ""; R(read(p[0], c, 3)); S("%s", c); R(sendfile(f, g, NULL, 0));
}
T(sendfile_append) {
    int f = make("a", "0123"); make("b", ""); int g = open("b", O_WRONLY | O_APPEND);
    R(sendfile(g, f, NULL, 4)); g = open("b", O_RDONLY); R(sendfile(g, f, NULL, 4));
}
T(copy_file_range_basic) {
    int f = make("a", "0123456789"), g = make("b", "xxxxxx"); off_t from = 2, to = 1;
    R(copy_file_range(f, &from, g, &to, 3, 0)); S("%ld %ld", from, to); dump("b");
    R(copy_file_range(f, NULL, g, NULL, 4, 0)); R(lseek(f, 0, SEEK_CUR)); R(lseek(g, 0, SEEK_CUR));
    R(copy_file_range(f, NULL, g, NULL, 4, 1)); R(copy_file_range(77, NULL, g, NULL, 4, 0));
    int d = open(".", O_RDONLY); R(copy_file_range(d, NULL, g, NULL, 4, 0)); int p[2]; pipe(p);
    R(copy_file_range(f, NULL, p[1], NULL, 4, 0)); from = 0; to = 2; R(copy_file_range(f, &from, f, &to, 4, 0));
    to = 100; R(copy_file_range(f, &to, g, NULL, 4, 0));
    R(copy_file_range(open("a", O_RDONLY), NULL, open("b", O_RDONLY), NULL, 4, 0));
}

T(pipe_basic) {
    int p[2]; R(pipe(p)); R(write(p[1], "hello", 5)); char b[9] = ""; R(read(p[0], b, 2));
    R(read(p[0], b + 2, 6)); S("%s", b); R(close(p[1])); R(read(p[0], b, 1)); R(read(p[0], b, 0));
}
T(pipe_flags) {
    int p[2]; R(pipe2(p, O_CLOEXEC | O_NONBLOCK));
    S("%x %x %x", fcntl(p[0], F_GETFL), fcntl(p[1], F_GETFL), fcntl(p[0], F_GETFD)); char c;
    R(read(p[0], &c, 1)); R(pipe2(p, O_APPEND)); R(pipe(BAD)); R(pipe2(p, 0)); R(write(p[0], &c, 1));
    R(read(p[1], &c, 1));
}
T(pipe_broken) {
    int p[2]; pipe(p); close(p[0]); signal(SIGPIPE, SIG_IGN); R(write(p[1], "x", 1)); signal(SIGPIPE, count);
    R(write(p[1], "x", 1)); R(write(p[1], "", 0));
}
T(pipe_broken_kills) {
    int p[2]; pipe(p); close(p[0]); pid_t child = fork(); if (!child) { write(p[1], "x", 1); _exit(0);
    } ended(child);
}
T(pipe_full) {
    int p[2]; pipe2(p, O_NONBLOCK); char b[4096]; memset(b, 1, sizeof b); long n = 0, got;
    while ((got = write(p[1], b, sizeof b)) > 0) { n += got; } R(n); R(got); R(write(p[1], b, 1));
    R(read(p[0], b, 4096)); R(write(p[1], b, 4096)); R(write(p[1], b, 1));
}
T(pipe_atomic) {
    int p[2]; pipe2(p, O_NONBLOCK); char *b = calloc(1, 70000); R(write(p[1], b, 65536 - 100));
    R(write(p[1], b, 4096));
}
T(pipe_big_write) {
    int p[2]; pipe(p); pid_t child = fork(); if (!child) { close(p[0]); char *b = calloc(1, 300000);
    long n = write(p[1], b, 300000); _exit(n == 300000 ? 7 : 1); } close(p[1]); long n = 0, got; char b[5000];
    while ((got = read(p[0], b, sizeof b)) > 0) { n += got; } R(n); ended(child);
}
T(pipe_packets) {
    int p[2]; R(pipe2(p, O_DIRECT)); write(p[1], "abc", 3); write(p[1], "defg", 4); char b[9] = "";
    R(read(p[0], b, 8)); R(read(p[0], b, 2)); R(fcntl(p[0], F_SETFL, O_NONBLOCK)); R(read(p[0], b, 8));
}

T(splice_from_pipe) {
    int p[2], f = make("a", "xxxxxxxx"); pipe(p); write(p[1], "hello", 5); off_t at = 2;
    R(splice(p[0], NULL, f, &at, 3, 0)); R(at); dump("a"); R(splice(p[0], NULL, f, NULL, 100, 0)); dump("a");
    R(splice(p[0], NULL, f, NULL, 1, SPLICE_F_NONBLOCK)); close(p[1]); R(splice(p[0], NULL, f, NULL, 1, 0));
}
T(splice_to_pipe) {
    int p[2], f = make("a", "0123456789"); pipe(p); off_t at = 4; R(splice(f, &at, p[1], NULL, 3, 0)); R(at);
    R(splice(f, NULL, p[1], NULL, 2, 0)); char b[9] = ""; R(read(p[0], b, 8)); S("%s", b);
    R(lseek(f, 0, SEEK_CUR)); at = 10; R(splice(f, &at, p[1], NULL, 2, 0));
}
T(splice_pipes) {
    int p[2], q[2]; pipe(p); pipe(q); write(p[1], "hello", 5); R(splice(p[0], NULL, q[1], NULL, 4, 0));
    char b[9] = ""; R(read(q[0], b, 8)); S("%s", b); R(splice(p[0], NULL, p[1], NULL, 4, 0));
}
T(splice_errors) {
    int p[2], f = make("a", "x"), g = make("b", ""); pipe(p); off_t at = 0; R(splice(f, NULL, g, NULL, 1, 0));
    R(splice(f, &at, p[1], &at, 1, 0)); R(splice(77, NULL, p[1], NULL, 1, 0));
    R(splice(f, NULL, p[1], NULL, 1, 64)); R(splice(f, NULL, p[0], NULL, 1, 0));
    R(splice(f, NULL, p[1], NULL, 0, 0)); int h = open("b", O_WRONLY | O_APPEND); write(p[1], "z", 1);
    R(splice(p[0], NULL, h, NULL, 1, 0)); R(splice(f, BAD, p[1], NULL, 1, 0));
}
T(tee_basic) {
    int p[2], q[2]; pipe(p); pipe(q); write(p[1], "hello", 5); R(tee(p[0], q[1], 3, 0)); char b[9] = "";
    R(read(q[0], b, 8)); S("%s", b); R(read(p[0], b, 8)); S("%s", b); R(tee(p[0], q[1], 3, SPLICE_F_NONBLOCK));
    R(tee(p[0], p[1], 3, 0)); int f = make("a", ""); R(tee(f, q[1], 3, 0)); R(tee(77, q[1], 3, 0));
    R(tee(p[0], q[1], 0, 0));
}
T(vmsplice_basic) {
    int p[2]; pipe(p); struct iovec v[2] = {{"abc", 3}, {"de", 2}}; R(vmsplice(p[1], v, 2, 0)); char b[9] = "";
    R(read(p[0], b, 8)); S("%s", b); R(vmsplice(77, v, 2, 0)); int f = make("a", ""); R(vmsplice(f, v, 2, 0));
    R(vmsplice(p[1], BAD, 1, 0)); R(vmsplice(p[1], v, 0, 0));
}

T(eventfd_basic) {
    int e = eventfd(3, EFD_NONBLOCK); uint64_t v = 0; R(read(e, &v, 8)); R(v); R(read(e, &v, 8)); v = 5;
    R(write(e, &v, 8)); R(write(e, &v, 8)); R(read(e, &v, 8)); R(v); R(read(e, &v, 4)); R(write(e, &v, 4));
    v = -1; R(write(e, &v, 8)); v = -2; R(write(e, &v, 8)); v = 1; R(write(e, &v, 8)); R(read(e, &v, 8));
    R(v == (uint64_t)-2);
}
T(eventfd_semaphore) {
    int e = eventfd(2, EFD_NONBLOCK | EFD_SEMAPHORE | EFD_CLOEXEC); uint64_t v; R(fcntl(e, F_GETFD));
    R(read(e, &v, 8)); R(v); R(read(e, &v, 8)); R(v); R(read(e, &v, 8)); R(eventfd(0, 64));
}
T(eventfd_blocks) {
    int e = eventfd(0, 0); pid_t child = fork(); if (!child) { uint64_t v = 9; write(e, &v, 8); _exit(0);
    } uint64_t v = 0; R(read(e, &v, 8)); R(v); ended(child);
}
T(memfd_basic) {
    int f = memfd_create("name", MFD_CLOEXEC); R(fcntl(f, F_GETFD)); R(write(f, "abc", 3)); char c[4] = "";
    R(pread(f, c, 3, 0)); S("%s", c); struct stat s; fstat(f, &s); S("%o %ld", s.st_mode, (long)s.st_nlink);
    char p[99], n[64]; snprintf(n, 64, "/proc/self/fd/%d", f); ssize_t l = readlink(n, p, 98); p[l] = 0;
    S("%s", p); R(memfd_create("x", 0x8000)); char big[260]; memset(big, 'a', 259); big[259] = 0;
    R(memfd_create(big, 0)); R(memfd_create(BAD, 0)); R(ftruncate(f, 100)); R(lseek(f, 0, SEEK_END));
}
T(memfd_seals) {
    int f = memfd_create("name", MFD_ALLOW_SEALING); write(f, "abc", 3); R(fcntl(f, F_GET_SEALS));
    R(fcntl(f, F_ADD_SEALS, F_SEAL_SHRINK)); R(ftruncate(f, 1)); R(ftruncate(f, 10));
    R(fcntl(f, F_ADD_SEALS, F_SEAL_GROW)); R(ftruncate(f, 20)); R(pwrite(f, "zz", 2, 9));
    R(pwrite(f, "zz", 2, 8)); R(fcntl(f, F_ADD_SEALS, F_SEAL_WRITE)); R(write(f, "x", 1));
    R(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, f, 0));
    R(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, f, 0) != MAP_FAILED); R(fcntl(f, F_ADD_SEALS, F_SEAL_SEAL));
    R(fcntl(f, F_ADD_SEALS, F_SEAL_GROW)); S("%x", fcntl(f, F_GET_SEALS)); int g = memfd_create("b", 0);
    R(fcntl(g, F_GET_SEALS)); R(fcntl(g, F_ADD_SEALS, F_SEAL_GROW)); int h = make("h", "");
    R(fcntl(h, F_GET_SEALS));
}
T(memfd_seal_mapped) {
    int f = memfd_create("name", MFD_ALLOW_SEALING); ftruncate(f, 4096);
    char *m = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, f, 0);
    R(fcntl(f, F_ADD_SEALS, F_SEAL_WRITE)); munmap(m, 4096); R(fcntl(f, F_ADD_SEALS, F_SEAL_WRITE));
}
