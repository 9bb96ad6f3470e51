// What is known of a file, and how it is changed.
#include "conform.h"
#include <sys/statfs.h>
#include <sys/xattr.h>
#include <utime.h>

static void mode(const char *name) {
    struct stat s; if (stat(name, &s)) { say(-1); } else { S("%o", s.st_mode); }
}

T(stat_file) {
    make("a", "hello"); struct stat s; R(stat("a", &s)); S("%o", s.st_mode); R(s.st_size); R(s.st_nlink);
    R(s.st_uid == getuid()); R(s.st_gid == getgid()); R(s.st_blocks >= 0); R(s.st_blksize);
}
T(stat_folder) {
    mkdir("d", 0750); struct stat s; R(stat("d", &s)); S("%o", s.st_mode); R(stat("d/", &s));
    R(stat("d/.", &s)); R(stat("none", &s)); R(stat("", &s)); make("f", ""); R(stat("f/", &s));
    R(stat("f/x", &s));
}
T(stat_links) {
    make("a", "hello"); symlink("a", "l"); struct stat s; R(stat("l", &s)); S("%o", s.st_mode & S_IFMT);
    R(lstat("l", &s)); S("%o", s.st_mode); R(s.st_size); R(lstat("l/", &s));
}
T(stat_kinds) {
    struct stat s; int p[2]; pipe(p); fstat(p[0], &s); S("%o", s.st_mode);
    int k = socket(AF_UNIX, SOCK_STREAM, 0); fstat(k, &s); S("%o", s.st_mode); stat("/dev/null", &s);
    S("%o %lx", s.st_mode & S_IFMT, (long)s.st_rdev); int e = eventfd(0, 0); fstat(e, &s);
    S("%o", s.st_mode & S_IFMT); R(fstat(77, &s));
}
T(fstatat_flags) {
    make("a", "x"); symlink("a", "l"); struct stat s; R(fstatat(AT_FDCWD, "l", &s, AT_SYMLINK_NOFOLLOW));
    S("%o", s.st_mode & S_IFMT); int f = open("a", O_RDONLY); R(fstatat(f, "", &s, AT_EMPTY_PATH));
    R(s.st_size); R(fstatat(f, "", &s, 0)); R(fstatat(AT_FDCWD, "a", &s, 0x40000000));
    R(fstatat(f, "x", &s, 0)); R(fstatat(77, "x", &s, 0)); R(fstatat(77, "/", &s, 0));
}
T(statx_basic) {
    make("a", "hello");
    struct statx x;
    memset(&x, 0, sizeof x);
    R(statx(AT_FDCWD, "a", 0, STATX_BASIC_STATS, &x));
    R((x.stx_mask & STATX_BASIC_STATS) == STATX_BASIC_STATS);
    S("%o %lu %u", x.stx_mode, (long)x.stx_size, x.stx_nlink);
    R(statx(AT_FDCWD, "none", 0, STATX_BASIC_STATS, &x));
    R(statx(AT_FDCWD, "a", 0x40000000, STATX_BASIC_STATS, &x));
    R(statx(AT_FDCWD, "a", 0, 0x80000000U, &x));
    R(statx(AT_FDCWD, "a", 0x6000, STATX_BASIC_STATS, &x));
    R(statx(open("a", O_RDONLY), "", AT_EMPTY_PATH, STATX_SIZE, &x));
    R(x.stx_size);
}
T(stat_inode_stable) {
    make("a", "x"); struct stat s, t; stat("a", &s); rename("a", "b"); stat("b", &t); R(s.st_ino == t.st_ino);
    R(s.st_dev == t.st_dev); int f = open("b", O_RDONLY); fstat(f, &t); R(s.st_ino == t.st_ino); unlink("b");
    make("c", "y"); stat("c", &t); R(s.st_ino == t.st_ino);
}
T(chmod_basic) {
    make("a", "x"); R(chmod("a", 0)); mode("a"); R(chmod("a", 0777)); mode("a"); R(chmod("a", 01666));
    mode("a"); R(chmod("none", 0)); R(chmod("", 0)); mkdir("d", 0755); R(chmod("d", 01777)); mode("d");
    symlink("a", "l"); R(chmod("l", 0600)); mode("a");
}
T(chmod_set_ids) { make("a", "x"); R(chmod("a", 04755)); mode("a"); R(chmod("a", 02755)); mode("a"); }
T(fchmod_basic) {
    int f = make("a", "x"); R(fchmod(f, 0600)); mode("a"); R(fchmodat(AT_FDCWD, "a", 0640, 0)); mode("a");
    R(fchmod(77, 0)); int d = open(".", O_RDONLY); R(fchmodat(d, "a", 0444, 0)); mode("a"); R(write(f, "y", 1));
    R(syscall(SYS_fchmodat, 77, "a", 0));
}
T(fchmodat2_flags) {
    make("a", "x"); symlink("a", "l"); R(syscall(452, AT_FDCWD, "a", 0600, 0)); mode("a");
    R(syscall(452, AT_FDCWD, "l", 0640, AT_SYMLINK_NOFOLLOW)); mode("a");
    R(syscall(452, AT_FDCWD, "a", 0600, 1));
}
T(chown_own) {
    int f = make("a", "x"); R(chown("a", -1, -1)); R(chown("a", getuid(), getgid()));
    R(fchown(f, getuid(), -1)); R(lchown("a", -1, getgid())); R(chown("none", -1, -1)); R(fchown(77, -1, -1));
    R(chown("a", 12345, -1)); R(fchownat(AT_FDCWD, "a", -1, -1, 1));
    R(fchownat(AT_FDCWD, "a", -1, -1, AT_SYMLINK_NOFOLLOW));
}
T(umask_basic) { R(umask(0)); R(umask(0777)); R(umask(01777)); R(umask(022)); }
T(access_modes) {
    make("a", "x");
    chmod("a", 0400);
    R(access("a", F_OK));
    R(access("a", R_OK));
    R(access("a", W_OK));
    R(access("a", X_OK));
    R(access("a", R_OK | X_OK));
    R(access("a", 8));
    R(access("none", R_OK));
    R(access("a/x", R_OK));
    mkdir("d", 0755);
    R(access("d", R_OK | W_OK | X_OK));
    R(access("", F_OK));
}
T(faccessat_flags) {
    make("a", "x"); symlink("none", "l"); R(faccessat(AT_FDCWD, "l", F_OK, 0));
    R(syscall(439, AT_FDCWD, "l", F_OK, AT_SYMLINK_NOFOLLOW)); R(syscall(439, AT_FDCWD, "a", R_OK, AT_EACCESS));
    R(syscall(439, AT_FDCWD, "a", R_OK, 1)); int f = open("a", O_RDONLY);
    R(syscall(439, f, "", R_OK, AT_EMPTY_PATH)); R(faccessat(f, "x", F_OK, 0)); R(faccessat(77, "x", F_OK, 0));
}
T(utimensat_set) {
    make("a", "x");
    struct timespec t[2] = {{1000000, 5}, {2000000, 999999999}};
    R(utimensat(AT_FDCWD, "a", t, 0));
    struct stat s;
    stat("a", &s);
    S("%ld.%09ld %ld.%09ld", s.st_atim.tv_sec, s.st_atim.tv_nsec, s.st_mtim.tv_sec, s.st_mtim.tv_nsec);
    t[0].tv_nsec = UTIME_OMIT;
    t[1].tv_sec = 3000000;
    t[1].tv_nsec = 7;
    R(utimensat(AT_FDCWD, "a", t, 0));
    stat("a", &s);
    S("%ld.%09ld %ld.%09ld", s.st_atim.tv_sec, s.st_atim.tv_nsec, s.st_mtim.tv_sec, s.st_mtim.tv_nsec);
    t[1].tv_nsec = UTIME_NOW;
    R(utimensat(AT_FDCWD, "a", t, 0));
    stat("a", &s);
    R(s.st_mtim.tv_sec > 1000000000);
    R(utimensat(AT_FDCWD, "a", NULL, 0));
    stat("a", &s);
    R(s.st_atim.tv_sec > 1000000000);
}
T(utimensat_errors) {
    make("a", "x"); struct timespec t[2] = {{1, 1000000000}, {1, 0}}; R(utimensat(AT_FDCWD, "a", t, 0));
    t[0].tv_nsec = -1; R(utimensat(AT_FDCWD, "a", t, 0)); t[0].tv_nsec = 0;
    R(utimensat(AT_FDCWD, "none", t, 0)); R(utimensat(AT_FDCWD, "a", t, 1)); R(utimensat(77, "a", t, 0));
    R(syscall(SYS_utimensat, AT_FDCWD, NULL, t, 0)); R(futimens(77, t));
    R(syscall(SYS_utimensat, AT_FDCWD, "a", BAD, 0)); t[0].tv_nsec = t[1].tv_nsec = UTIME_OMIT;
    R(utimensat(AT_FDCWD, "none", t, 0));
}
T(utimes_family) {
    int f = make("a", "x"); struct timeval v[2] = {{5, 6}, {7, 8}}; R(utimes("a", v)); struct stat s;
    stat("a", &s);
    S("%ld.%ld %ld.%ld", s.st_atim.tv_sec, s.st_atim.tv_nsec, s.st_mtim.tv_sec, s.st_mtim.tv_nsec);
    struct utimbuf u = {11, 12}; R(utime("a", &u)); stat("a", &s); S("%ld %ld", s.st_atime, s.st_mtime);
    struct timespec t[2] = {{21, 0}, {22, 0}}; R(futimens(f, t)); stat("a", &s);
    S("%ld %ld", s.st_atime, s.st_mtime); v[0].tv_usec = 1000000; R(utimes("a", v));
}
T(utimes_link) {
    make("a", "x"); symlink("a", "l"); struct timespec t[2] = {{21, 0}, {22, 0}};
    R(utimensat(AT_FDCWD, "l", t, AT_SYMLINK_NOFOLLOW)); struct stat s; lstat("l", &s); R(s.st_mtime);
    stat("a", &s); R(s.st_mtime > 1000);
}
T(mtime_moves) {
    int f = make("a", "x"); struct timespec t[2] = {{21, 0}, {22, 0}}; struct stat s; futimens(f, t);
    R(write(f, "", 0)); fstat(f, &s); R(s.st_mtime); R(write(f, "y", 1)); fstat(f, &s); R(s.st_mtime > 1000);
    futimens(f, t); R(ftruncate(f, 0)); fstat(f, &s); R(s.st_mtime > 1000); R(s.st_ctime > 1000);
    futimens(f, t); R(fchmod(f, 0600)); fstat(f, &s); R(s.st_mtime);
}
T(mtime_of_folder) {
    mkdir("d", 0755); struct timespec t[2] = {{21, 0}, {22, 0}}; struct stat s; utimensat(AT_FDCWD, "d", t, 0);
    stat("d", &s); R(s.st_mtime); make("d/f", ""); stat("d", &s); R(s.st_mtime > 1000);
    utimensat(AT_FDCWD, "d", t, 0); unlink("d/f"); stat("d", &s); R(s.st_mtime > 1000);
}
T(truncate_basic) {
    make("a", "hello"); R(truncate("a", 3)); dump("a"); R(truncate("a", 6)); dump("a"); R(truncate("a", -1));
    R(truncate("none", 0)); mkdir("d", 0755); R(truncate("d", 0)); R(truncate("", 0)); R(truncate("a/x", 0));
    chmod("a", 0400); R(truncate("a", 0));
}
T(ftruncate_basic) {
    int f = make("a", "hello"); R(ftruncate(f, 2)); R(lseek(f, 0, SEEK_END)); R(ftruncate(f, 5)); dump("a");
    R(ftruncate(f, -1)); R(ftruncate(77, 0)); int p[2]; pipe(p); R(ftruncate(p[1], 0));
    int d = open(".", O_RDONLY); R(ftruncate(d, 0)); int r = open("a", O_RDONLY); R(ftruncate(r, 0));
}
T(truncate_keeps_offset) {
    int f = make("a", "hello"); lseek(f, 4, SEEK_SET); ftruncate(f, 1); R(lseek(f, 0, SEEK_CUR));
    R(write(f, "z", 1)); dump("a"); char c; lseek(f, 100, SEEK_SET); R(read(f, &c, 1));
}
T(fallocate_basic) {
    int f = make("a", "hello"); struct stat s; R(fallocate(f, 0, 0, 100)); fstat(f, &s); R(s.st_size);
    R(fallocate(f, FALLOC_FL_KEEP_SIZE, 0, 200)); fstat(f, &s); R(s.st_size); R(fallocate(f, 0, -1, 5));
    R(fallocate(f, 0, 0, 0)); R(fallocate(77, 0, 0, 5)); int r = open("a", O_RDONLY); R(fallocate(r, 0, 0, 5));
    int p[2]; pipe(p); R(fallocate(p[1], 0, 0, 5)); R(posix_fallocate(f, 0, 300)); fstat(f, &s); R(s.st_size);
}
T(fallocate_punch) {
    int f = make("a", "helloworld"); R(fallocate(f, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 2, 3));
    dump("a"); R(fallocate(f, FALLOC_FL_PUNCH_HOLE, 2, 3)); R(fallocate(f, FALLOC_FL_ZERO_RANGE, 7, 2));
    dump("a");
}
T(xattr_user) {
    int f = make("a", "x"); char b[16]; R(getxattr("a", "user.none", b, 16));
    R(getxattr("none", "user.x", b, 16)); R(fgetxattr(77, "user.x", b, 16)); R(removexattr("a", "user.none"));
    R(fgetxattr(f, "user.none", NULL, 0));
}
T(statfs_basic) {
    struct statfs s; int f = make("a", "x"); R(statfs(".", &s)); R(s.f_bsize > 0); R(s.f_namelen);
    R(fstatfs(f, &s)); R(statfs("none", &s)); R(fstatfs(77, &s)); statfs("/proc", &s); S("%lx", (long)s.f_type);
    R(statfs("a/x", &s));
}
T(sync_family) {
    int f = make("a", "x"); R(fsync(f)); R(fdatasync(f)); R(syncfs(f)); R(fsync(77)); int p[2]; pipe(p);
    R(fsync(p[0])); R(sync_file_range(f, 0, 0, 0)); R(sync_file_range(f, -1, 0, 0));
    R(sync_file_range(77, 0, 0, 0)); R(sync_file_range(p[0], 0, 0, 0)); R(sync_file_range(f, 0, 0, 64));
}
T(fadvise_basic) {
    int f = make("a", "x"); R(posix_fadvise(f, 0, 0, POSIX_FADV_SEQUENTIAL)); R(posix_fadvise(f, 0, 0, 77));
    R(posix_fadvise(77, 0, 0, 0)); int p[2]; pipe(p); R(posix_fadvise(p[0], 0, 0, 0)); R(readahead(f, 0, 1));
    R(readahead(77, 0, 1)); R(readahead(p[0], 0, 1));
}
T(permission_of_owner) {
    make("a", "x"); chmod("a", 0077); R(open("a", O_RDONLY)); R(access("a", R_OK)); chmod("a", 0200);
    R(open("a", O_RDONLY)); OK(open("a", O_WRONLY)); R(truncate("a", 0));
}
T(proc_self) {
    char p[PATH_MAX]; R(readlink("/proc/self", p, sizeof p) > 0); R(access("/proc/self/fd/0", F_OK));
    make("f", ""); int f = open("f", O_RDONLY); char n[64]; snprintf(n, 64, "/proc/self/fd/%d", f);
    ssize_t l = readlink(n, p, sizeof p - 1); p[l > 0 ? l : 0] = 0; S("%s", strrchr(p, '/')); unlink("f");
    l = readlink(n, p, sizeof p - 1); p[l > 0 ? l : 0] = 0; S("%s", strrchr(p, '/'));
    R(access("/proc/self/exe", X_OK)); R(readlink("/proc/self/fd/77", p, 9));
    R(open("/proc/self/fd/77", O_RDONLY));
}
T(devices) {
    char b[8]; int z = open("/dev/zero", O_RDWR), n = open("/dev/null", O_RDWR), f = open("/dev/full",
    O_RDWR), r = open("/dev/urandom", O_RDONLY); memset(b, 1, 8); R(read(z, b, 8)); R(b[7]); R(write(z, b, 8));
    R(read(n, b, 8)); R(write(n, b, 8)); R(write(f, b, 8)); R(read(f, b, 8)); R(read(r, b, 8));
    R(lseek(n, 5, SEEK_SET)); R(lseek(z, 5, SEEK_SET));
}
