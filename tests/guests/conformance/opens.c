// open and its flags, descriptors, offsets and locks.
#include "conform.h"
#include <sys/file.h>

T(open_missing) { R(open("none", O_RDONLY)); R(open("none", O_RDWR)); R(open("", O_RDONLY)); }
T(open_create) {
    R(open("a", O_CREAT | O_WRONLY, 0640)); struct stat s; stat("a", &s); S("%o", s.st_mode); R(s.st_size);
}
T(open_create_umask) {
    umask(077); OK(open("a", O_CREAT | O_WRONLY, 0666)); struct stat s; stat("a", &s); S("%o", s.st_mode);
}
T(open_create_read_only_mode) {
    int f = open("a", O_CREAT | O_RDWR, 0400);
    R(write(f, "x", 1));
    R(open("a", O_WRONLY));
    R(open("a", O_RDONLY) > 0);
}
T(open_exclusive) {
    OK(open("a", O_CREAT | O_EXCL | O_RDWR, 0644)); R(open("a", O_CREAT | O_EXCL | O_RDWR, 0644));
}
T(open_exclusive_dangling) {
    symlink("none", "l"); R(open("l", O_CREAT | O_EXCL | O_RDWR, 0644)); R(access("none", F_OK));
}
T(open_create_through_link) {
    symlink("none", "l"); OK(open("l", O_CREAT | O_RDWR, 0644)); R(access("none", F_OK));
}
T(open_truncate) {
    close(make("a", "hello")); int f = open("a", O_WRONLY | O_TRUNC); struct stat s; fstat(f, &s); R(s.st_size);
}
T(open_truncate_read_only) {
    close(make("a", "hello")); chmod("a", 0444); R(open("a", O_RDONLY | O_TRUNC)); dump("a");
}
T(open_append) {
    make("a", "abc");
    int f = open("a", O_RDWR | O_APPEND);
    R(lseek(f, 0, SEEK_CUR));
    R(write(f, "de", 2));
    R(lseek(f, 0, SEEK_SET));
    R(write(f, "fg", 2));
    R(lseek(f, 0, SEEK_CUR));
    R(pwrite(f, "hi", 2, 0)); // Appends too: a known trait of Linux.
    dump("a");
}
T(open_directory) {
    mkdir("d", 0755); R(open("d", O_WRONLY)); R(open("d", O_RDWR)); OK(open("d", O_RDONLY));
    OK(open("d", O_DIRECTORY));
}
T(open_directory_flag_on_file) {
    make("a", ""); R(open("a", O_DIRECTORY)); R(open("a/b", O_RDONLY)); R(open("a/", O_RDONLY));
}
T(open_create_directory) {
    mkdir("d", 0755); R(open("d", O_CREAT | O_RDONLY, 0644)); R(open("e/", O_CREAT | O_RDWR, 0644));
    R(open("e", O_CREAT | O_DIRECTORY, 0644));
}
T(open_nofollow) {
    make("a", "x");
    symlink("a", "l");
    R(open("l", O_RDONLY | O_NOFOLLOW));
    R(open("l", O_PATH | O_NOFOLLOW) >= 0);
    OK(open("a", O_RDONLY | O_NOFOLLOW));
}
T(open_loop) {
    symlink("m", "l"); symlink("l", "m"); R(open("l", O_RDONLY)); R(open("l/x", O_RDONLY));
    R(access("l", F_OK));
}
T(open_long_name) {
    char name[300], path[5000];
    memset(name, 'n', 299);
    name[299] = 0;
    R(open(name, O_CREAT | O_RDWR, 0644));
    name[255] = 0;
    OK(open(name, O_CREAT | O_RDWR, 0644));
    memset(path, '/', 4999);
    path[4999] = 0;
    R(open(path, O_RDONLY));
    memset(path, '/', 4095);
    path[4095] = 0;
    OK(open(path, O_RDONLY));
}
T(open_path_only) {
    make("a", "abc");
    int f = open("a", O_PATH);
    char c;
    R(read(f, &c, 1));
    R(write(f, "x", 1));
    R(lseek(f, 0, SEEK_SET));
    struct stat s;
    R(fstat(f, &s));
    R(s.st_size);
    R(fchmod(f, 0600));
    R(fcntl(f, F_GETFL) & O_PATH);
    R(ftruncate(f, 0));
    R(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, f, 0));
}
T(open_accmode_3) {
    make("a", "abc"); char c; int f = open("a", 3); R(f >= 0); R(read(f, &c, 1)); R(write(f, "x", 1));
    R(fcntl(f, F_GETFL) & 3);
}
T(open_wrong_direction) {
    make("a", "abc"); char c; int f = open("a", O_WRONLY); R(read(f, &c, 1)); f = open("a", O_RDONLY);
    R(write(f, "x", 1)); R(ftruncate(f, 1));
}
T(open_cloexec) {
    int f = open(".", O_RDONLY | O_CLOEXEC); R(fcntl(f, F_GETFD)); R(fcntl(f, F_SETFD, 0));
    R(fcntl(f, F_GETFD)); R(fcntl(f, F_SETFD, 3)); R(fcntl(f, F_GETFD));
}
T(open_lowest_descriptor) {
    R(open(".", O_RDONLY)); R(open(".", O_RDONLY)); R(open(".", O_RDONLY)); R(close(4)); R(open(".", O_RDONLY));
    R(close(4)); R(close(4));
}
T(open_limit) {
    struct rlimit old, few = {8, 8};
    getrlimit(RLIMIT_NOFILE, &old);
    few.rlim_max = old.rlim_max;
    R(setrlimit(RLIMIT_NOFILE, &few));
    int f;
    do { f = open(".", O_RDONLY); } while (f >= 0 && f < 20);
    R(f);
    R(dup(0));
    R(dup2(0, 8));
    R(fcntl(0, F_DUPFD, 8));
    int p[2];
    R(pipe(p));
    R(setrlimit(RLIMIT_NOFILE, &old));
}
T(openat_folder) {
    mkdir("d", 0755);
    int d = open("d", O_RDONLY);
    OK(openat(d, "x", O_CREAT | O_RDWR, 0644));
    R(access("d/x", F_OK));
    R(openat(d, "../none", O_RDONLY));
    OK(openat(-77, "/", O_RDONLY));
    R(openat(-77, "x", O_RDONLY));
    int f = make("f", "");
    R(openat(f, "x", O_RDONLY));
    OK(openat(f, "/", O_RDONLY));
}
T(openat_removed_folder) {
    mkdir("d", 0755); int d = open("d", O_RDONLY); R(rmdir("d")); R(openat(d, "x", O_CREAT | O_RDWR, 0644));
    R(openat(d, "..", O_RDONLY) >= 0);
}
T(open_tmpfile) {
    int f = open(".", O_TMPFILE | O_RDWR, 0600); R(f >= 0); R(write(f, "abc", 3)); struct stat s;
    R(fstat(f, &s)); R(s.st_nlink); R(s.st_size); R(open(".", O_TMPFILE | O_RDONLY, 0600));
}
T(creat_truncates) { make("a", "hello"); int f = creat("a", 0600); char c; R(read(f, &c, 1)); dump("a"); }
T(open_unlinked) {
    int f = make("a", "hello"); R(unlink("a")); char c[5]; R(read(f, c, 5)); struct stat s; R(fstat(f, &s));
    R(s.st_nlink); R(open("a", O_RDONLY)); R(write(f, "more", 4)); fstat(f, &s); R(s.st_size);
}
T(open_trailing_slash) {
    mkdir("d", 0755); make("f", ""); OK(open("d/", O_RDONLY)); OK(open("d//.", O_RDONLY));
    OK(open(".//d/../f", O_RDONLY)); R(open("f/.", O_RDONLY)); R(open("f/..", O_RDONLY));
}
T(open_search_permission) {
    mkdir("d", 0755); make("d/f", ""); chmod("d", 0600); R(open("d/f", O_RDONLY)); R(chmod("d", 0700));
    OK(open("d/f", O_RDONLY));
}
T(open_write_permission) {
    mkdir("d", 0755); chmod("d", 0500); R(open("d/f", O_CREAT | O_RDWR, 0644)); R(mkdir("d/e", 0755));
    R(symlink("x", "d/s")); chmod("d", 0700);
}

T(dup_shares_offset) {
    int f = make("a", "abcdef"); int g = dup(f); char c[4] = ""; R(read(f, c, 2)); R(lseek(g, 0, SEEK_CUR));
    R(read(g, c, 2)); S("%.2s", c); R(close(f)); R(read(g, c, 3));
}
T(dup_errors) {
    R(dup(77)); R(dup2(77, 3)); R(dup2(0, -1)); R(dup2(0, 1 << 30)); R(dup3(0, 0, 0)); R(dup3(0, 9, 1));
    R(dup3(77, 77, 0)); R(dup2(77, 77));
}
T(dup_flags) {
    int f = open(".", O_RDONLY | O_CLOEXEC); int g = dup(f); R(fcntl(g, F_GETFD)); R(dup3(f, 20, O_CLOEXEC));
    R(fcntl(20, F_GETFD)); R(dup2(f, 20)); R(fcntl(20, F_GETFD)); R(dup2(f, f) == f); R(fcntl(f, F_GETFD));
}
T(dup2_closes) {
    int p[2]; pipe(p); int f = open("/dev/null", O_RDWR); R(dup2(f, p[1])); char c; R(read(p[0], &c, 1));
}
T(fcntl_dupfd) {
    R(fcntl(0, F_DUPFD, 100)); R(fcntl(0, F_DUPFD, 100)); R(fcntl(0, F_DUPFD_CLOEXEC, 50));
    R(fcntl(50, F_GETFD)); R(fcntl(0, F_DUPFD, -1)); R(fcntl(77, F_DUPFD, 0));
}
T(fcntl_status_flags) {
    int f = open("a", O_CREAT | O_RDWR | O_APPEND | O_EXCL, 0644);
    S("%x", fcntl(f, F_GETFL));
    R(fcntl(f, F_SETFL, O_NONBLOCK));
    S("%x", fcntl(f, F_GETFL));
    R(fcntl(f, F_SETFL, O_WRONLY | O_CREAT | O_TRUNC));
    S("%x", fcntl(f, F_GETFL));
    int g = dup(f);
    fcntl(g, F_SETFL, O_APPEND);
    S("%x", fcntl(f, F_GETFL));
}
T(fcntl_unknown) { R(fcntl(0, 9999)); R(fcntl(77, 9999)); R(fcntl(77, F_GETFL)); R(fcntl(-1, F_GETFD)); }
T(fcntl_pipe_size) {
    int p[2]; pipe(p); R(fcntl(p[0], F_GETPIPE_SZ)); R(fcntl(p[0], F_SETPIPE_SZ, 5000));
    R(fcntl(p[1], F_GETPIPE_SZ)); int f = make("a", ""); R(fcntl(f, F_GETPIPE_SZ));
}
T(fcntl_owner) {
    int p[2]; pipe(p); R(fcntl(p[0], F_GETOWN)); R(fcntl(p[0], F_SETOWN, getpid()));
    R(fcntl(p[0], F_GETOWN) == getpid());
}
T(ioctl_flags) {
    int p[2], on = 1; pipe(p); R(ioctl(p[0], FIONBIO, &on)); S("%x", fcntl(p[0], F_GETFL));
    R(ioctl(p[0], FIOCLEX)); R(fcntl(p[0], F_GETFD)); R(ioctl(p[0], FIONCLEX)); R(fcntl(p[0], F_GETFD));
    R(ioctl(p[0], FIONBIO, BAD)); R(ioctl(77, FIONBIO, &on));
}
T(ioctl_readable) {
    int n = -1, p[2]; pipe(p); write(p[1], "abc", 3); R(ioctl(p[0], FIONREAD, &n)); R(n);
    int f = make("a", "hello"); lseek(f, 2, SEEK_SET); R(ioctl(f, FIONREAD, &n)); R(n);
}
T(ioctl_not_a_terminal) {
    struct { int x[64]; } t; int f = make("a", ""); R(ioctl(f, TCGETS, &t)); R(ioctl(f, TIOCGWINSZ, &t));
    R(isatty(f)); int p[2]; pipe(p); R(ioctl(p[0], TCGETS, &t));
}
T(close_range_basic) {
    open(".", 0); open(".", 0); open(".", 0); R(syscall(SYS_close_range, 4, 5, 0)); R(fcntl(3, F_GETFD));
    R(fcntl(4, F_GETFD)); R(syscall(SYS_close_range, 3, 9, 4)); R(fcntl(3, F_GETFD));
    R(syscall(SYS_close_range, 5, 4, 0)); R(syscall(SYS_close_range, 3, 4, 64));
}

T(lseek_basic) {
    int f = make("a", "0123456789"); R(lseek(f, 4, SEEK_SET)); R(lseek(f, 3, SEEK_CUR));
    R(lseek(f, -2, SEEK_END)); R(lseek(f, -20, SEEK_END)); R(lseek(f, 0, SEEK_CUR)); R(lseek(f, 100, SEEK_END));
    R(lseek(f, 0, 99)); R(lseek(f, -1, SEEK_SET));
}
T(lseek_hole) {
    int f = make("a", "abc"); R(lseek(f, 10, SEEK_SET)); R(write(f, "z", 1)); dump("a"); struct stat s;
    fstat(f, &s); R(s.st_size);
}
T(lseek_data) {
    int f = make("a", "abc"); R(lseek(f, 0, SEEK_DATA)); R(lseek(f, 1, SEEK_HOLE)); R(lseek(f, 3, SEEK_DATA));
    R(lseek(f, 99, SEEK_HOLE)); R(lseek(f, -1, SEEK_DATA));
}
T(lseek_not_seekable) {
    int p[2]; pipe(p); R(lseek(p[0], 0, SEEK_CUR)); int e = eventfd(0, 0); R(lseek(e, 0, SEEK_CUR));
    int s = socket(AF_UNIX, SOCK_STREAM, 0); R(lseek(s, 0, SEEK_SET)); R(pread(p[0], &e, 1, 0));
    R(pwrite(p[1], &e, 1, 0));
}
T(lseek_overflow) {
    int f = make("a", "abc"); R(lseek(f, LONG_MAX, SEEK_CUR) == -1 ? -1 : 0); R(lseek(f, LONG_MAX, SEEK_END));
    R(lseek(f, 1, SEEK_SET)); R(lseek(f, LONG_MAX, SEEK_CUR));
}

static struct flock lockOf(short type, long start, long length) {
    struct flock l;
    memset(&l, 0, sizeof l);
    l.l_type = type;
    l.l_whence = SEEK_SET;
    l.l_start = start;
    l.l_len = length;
    return l;
}
T(lock_own) {
    int f = make("a", "0123456789"); struct flock l = lockOf(F_WRLCK, 0, 5); R(fcntl(f, F_SETLK, &l));
    l = lockOf(F_RDLCK, 2, 5); R(fcntl(f, F_SETLK, &l)); l = lockOf(F_WRLCK, 0, 0); R(fcntl(f, F_GETLK, &l));
    R(l.l_type); l = lockOf(F_UNLCK, 0, 0); R(fcntl(f, F_SETLK, &l));
}
T(lock_errors) {
    int f = make("a", "x"); int g = open("a", O_RDONLY), h = open("a", O_WRONLY);
    struct flock l = lockOf(F_WRLCK, 0, 0); R(fcntl(g, F_SETLK, &l)); l = lockOf(F_RDLCK, 0, 0);
    R(fcntl(h, F_SETLK, &l)); l = lockOf(9, 0, 0); R(fcntl(f, F_SETLK, &l)); l = lockOf(F_RDLCK, -5, 2);
    R(fcntl(f, F_SETLK, &l)); R(fcntl(f, F_SETLK, BAD)); R(fcntl(77, F_SETLK, &l)); l = lockOf(F_RDLCK, 0, 0);
    l.l_whence = 7; R(fcntl(f, F_SETLK, &l));
}
T(lock_between_processes) {
    int f = make("a", "0123456789");
    struct flock l = lockOf(F_WRLCK, 2, 4);
    R(fcntl(f, F_SETLK, &l));
    pid_t parent = getpid(), child = fork();
    if (!child) {
        l = lockOf(F_WRLCK, 4, 4);
        R(fcntl(f, F_SETLK, &l));
        R(fcntl(f, F_GETLK, &l));
        S("%d %ld %ld %d", l.l_type, (long)l.l_start, (long)l.l_len, l.l_pid == parent);
        l = lockOf(F_WRLCK, 6, 4);
        R(fcntl(f, F_SETLK, &l));
        _exit(0);
    }
    ended(child);
    l = lockOf(F_WRLCK, 0, 0);
    R(fcntl(f, F_SETLK, &l)); // The child's went with it.
}
T(lock_close_releases) {
    int f = make("a", "x"), g = open("a", O_RDWR);
    struct flock l = lockOf(F_WRLCK, 0, 0);
    R(fcntl(f, F_SETLK, &l));
    close(g); // Any close of the file by its process.
    pid_t child = fork();
    if (!child) {
        R(fcntl(f, F_SETLK, &l));
        _exit(0);
    }
    ended(child);
}
T(lock_wait) {
    int f = make("a", "x"), p[2], q[2];
    pipe(p);
    pipe(q);
    struct flock l = lockOf(F_WRLCK, 0, 0);
    pid_t child = fork();
    if (!child) {
        fcntl(f, F_SETLK, &l);
        write(p[1], "l", 1);
        char c;
        close(q[1]);
        read(q[0], &c, 1);
        _exit(0);
    }
    char c;
    read(p[0], &c, 1);
    R(fcntl(f, F_SETLK, &l));
    close(q[0]);
    close(q[1]);
    R(fcntl(f, F_SETLKW, &l));
    ended(child);
}
T(lock_open_file_description) {
    int f = make("a", "x"), g = open("a", O_RDWR), h = dup(f);
    struct flock l = lockOf(F_WRLCK, 0, 0);
    R(fcntl(f, F_OFD_SETLK, &l));
    R(fcntl(h, F_OFD_SETLK, &l));
    R(fcntl(g, F_OFD_SETLK, &l));
    l = lockOf(F_RDLCK, 0, 1);
    R(fcntl(g, F_OFD_GETLK, &l));
    S("%d %d", l.l_type, l.l_pid);
    close(f);
    l = lockOf(F_WRLCK, 0, 0);
    R(fcntl(g, F_OFD_SETLK, &l));
    close(h);
    l.l_pid = 0;
    R(fcntl(g, F_OFD_SETLK, &l));
}
T(flock_basic) {
    int f = make("a", "x"), g = open("a", O_RDWR), h = dup(f);
    R(flock(f, LOCK_EX));
    R(flock(g, LOCK_EX | LOCK_NB));
    R(flock(g, LOCK_SH | LOCK_NB));
    R(flock(h, LOCK_EX | LOCK_NB));
    R(flock(f, LOCK_SH));
    R(flock(g, LOCK_SH | LOCK_NB));
    R(flock(h, LOCK_EX | LOCK_NB));
    R(flock(f, LOCK_UN));
    R(flock(g, LOCK_EX | LOCK_NB));
    close(g);
    R(flock(f, LOCK_EX | LOCK_NB));
    R(flock(f, 77));
    R(flock(77, LOCK_EX));
}
T(flock_between_processes) {
    int f = make("a", "x");
    R(flock(f, LOCK_EX));
    pid_t child = fork();
    if (!child) {
        R(flock(f, LOCK_EX | LOCK_NB)); // The same open file.
        int g = open("a", O_RDWR);
        R(flock(g, LOCK_SH | LOCK_NB));
        _exit(0);
    }
    ended(child);
}
