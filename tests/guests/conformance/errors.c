// What calls say to descriptors that are none, to addresses that lead nowhere and to names that are
// not there: a case for each kind, a result for each call.
#include "conform.h"

#define NO 77
#define CALL(...)                                                                                  \
    do {                                                                                           \
        printf(" %s", nameOf(#__VA_ARGS__));                                                       \
        R(syscall(__VA_ARGS__));                                                                   \
    } while (0)
static char nameText[64];
static const char *nameOf(const char *text) {
    snprintf(nameText, sizeof nameText, "%s", text + 4); nameText[strcspn(nameText, ",")] = 0; return nameText;
}
static char buffer[4096];
#define B buffer

T(bad_descriptor_transfer) {
    CALL(SYS_read, NO, B, 1); CALL(SYS_write, NO, B, 1); CALL(SYS_pread64, NO, B, 1, 0);
    CALL(SYS_pwrite64, NO, B, 1, 0); CALL(SYS_readv, NO, B, 1); CALL(SYS_writev, NO, B, 1);
    CALL(SYS_preadv, NO, B, 1, 0, 0); CALL(SYS_pwritev, NO, B, 1, 0, 0); CALL(SYS_preadv2, NO, B, 1, 0, 0, 0);
    CALL(SYS_pwritev2, NO, B, 1, 0, 0, 0); CALL(SYS_sendfile, NO, NO, 0, 1);
    CALL(SYS_splice, NO, 0, NO, 0, 1, 0); CALL(SYS_tee, NO, NO, 1, 0); CALL(SYS_vmsplice, NO, B, 1, 0);
    CALL(SYS_copy_file_range, NO, 0, NO, 0, 1, 0); CALL(SYS_lseek, NO, 0, 0); CALL(SYS_close, NO);
}
T(bad_descriptor_file) {
    CALL(SYS_fstat, NO, B); CALL(SYS_fsync, NO); CALL(SYS_fdatasync, NO); CALL(SYS_syncfs, NO);
    CALL(SYS_ftruncate, NO, 0); CALL(SYS_fallocate, NO, 0, 0, 1); CALL(SYS_fchmod, NO, 0);
    CALL(SYS_fchown, NO, 0, 0); CALL(SYS_fchdir, NO); CALL(SYS_fstatfs, NO, B); CALL(SYS_getdents64, NO, B, 99);
    CALL(SYS_fadvise64, NO, 0, 0, 0); CALL(SYS_readahead, NO, 0, 1); CALL(SYS_flock, NO, 1);
    CALL(SYS_fcntl, NO, F_GETFL); CALL(SYS_ioctl, NO, FIONREAD, B); CALL(SYS_dup, NO); CALL(SYS_dup2, NO, 5);
    CALL(SYS_dup3, NO, 5, 0); CALL(SYS_fgetxattr, NO, "user.a", B, 1);
    CALL(SYS_fsetxattr, NO, "user.a", B, 1, 0); CALL(SYS_flistxattr, NO, B, 1);
    CALL(SYS_fremovexattr, NO, "user.a"); CALL(SYS_mmap, 0, 4096, 1, 2, NO, 0);
}
T(bad_descriptor_at) {
    CALL(SYS_openat, NO, "x", 0); CALL(SYS_mkdirat, NO, "x", 0); CALL(SYS_mknodat, NO, "x", S_IFREG, 0);
    CALL(SYS_fchownat, NO, "x", 0, 0, 0); CALL(SYS_futimesat, NO, "x", 0); CALL(SYS_newfstatat, NO, "x", B, 0);
    CALL(SYS_unlinkat, NO, "x", 0); CALL(SYS_renameat, NO, "x", NO, "y");
    CALL(SYS_renameat2, NO, "x", NO, "y", 0); CALL(SYS_linkat, NO, "x", NO, "y", 0);
    CALL(SYS_symlinkat, "x", NO, "y"); CALL(SYS_readlinkat, NO, "x", B, 9); CALL(SYS_fchmodat, NO, "x", 0);
    CALL(SYS_faccessat, NO, "x", 0); CALL(SYS_utimensat, NO, "x", 0, 0); CALL(SYS_statx, NO, "x", 0, 0, B);
    CALL(SYS_execveat, NO, "x", 0, 0, 0);
}
T(bad_descriptor_socket) {
    CALL(SYS_bind, NO, B, 9); CALL(SYS_connect, NO, B, 9); CALL(SYS_listen, NO, 1); CALL(SYS_accept, NO, 0, 0);
    CALL(SYS_accept4, NO, 0, 0, 0); CALL(SYS_getsockname, NO, B, B); CALL(SYS_getpeername, NO, B, B);
    CALL(SYS_shutdown, NO, 0); CALL(SYS_sendto, NO, B, 1, 0, 0, 0); CALL(SYS_recvfrom, NO, B, 1, 0, 0, 0);
    CALL(SYS_sendmsg, NO, B, 0); CALL(SYS_recvmsg, NO, B, 0); CALL(SYS_sendmmsg, NO, B, 1, 0);
    CALL(SYS_recvmmsg, NO, B, 1, 0, 0); CALL(SYS_setsockopt, NO, 1, 2, B, 4);
    CALL(SYS_getsockopt, NO, 1, 2, B, B);
}
T(bad_descriptor_wait) {
    CALL(SYS_epoll_ctl, NO, 1, 0, B); CALL(SYS_epoll_wait, NO, B, 1, 0);
    CALL(SYS_epoll_pwait, NO, B, 1, 0, 0, 8); CALL(SYS_timerfd_settime, NO, 0, B, 0);
    CALL(SYS_timerfd_gettime, NO, B); CALL(SYS_signalfd, NO, B, 8); CALL(SYS_signalfd4, NO, B, 8, 0);
}
T(wrong_kind_of_descriptor) {
    int f = make("f", ""), d = open(".", O_RDONLY), p[2], e = eventfd(0, 0); pipe(p); CALL(SYS_bind, f, B, 9);
    CALL(SYS_listen, d, 1); CALL(SYS_accept, p[0], 0, 0); CALL(SYS_sendto, e, B, 1, 0, 0, 0);
    CALL(SYS_recvfrom, p[0], B, 1, 0, 0, 0); CALL(SYS_shutdown, f, 0); CALL(SYS_epoll_wait, f, B, 1, 0);
    CALL(SYS_epoll_ctl, p[0], 1, f, B); CALL(SYS_timerfd_settime, f, 0, B, 0); CALL(SYS_timerfd_gettime, e, B);
    CALL(SYS_fchdir, f); CALL(SYS_getdents64, p[0], B, 99); CALL(SYS_ftruncate, e, 0);
    CALL(SYS_fallocate, d, 0, 0, 1); CALL(SYS_read, d, B, 1); CALL(SYS_pread64, d, B, 1, 0);
    CALL(SYS_lseek, p[0], 0, 0); CALL(SYS_fsync, e);
    CALL(SYS_setsockopt, f, 1, 2, B, 4);
}
T(bad_path) {
    CALL(SYS_open, BAD, 0); CALL(SYS_creat, BAD, 0); CALL(SYS_stat, BAD, B); CALL(SYS_lstat, BAD, B);
    CALL(SYS_access, BAD, 0); CALL(SYS_truncate, BAD, 0); CALL(SYS_chdir, BAD); CALL(SYS_rename, BAD, "x");
    CALL(SYS_rename, "x", BAD); CALL(SYS_mkdir, BAD, 0); CALL(SYS_rmdir, BAD); CALL(SYS_link, BAD, "x");
    CALL(SYS_unlink, BAD); CALL(SYS_symlink, BAD, "x"); CALL(SYS_symlink, "x", BAD);
    CALL(SYS_readlink, BAD, B, 9); CALL(SYS_chmod, BAD, 0); CALL(SYS_chown, BAD, 0, 0);
    CALL(SYS_lchown, BAD, 0, 0); CALL(SYS_utime, BAD, 0); CALL(SYS_utimes, BAD, 0);
    CALL(SYS_mknod, BAD, S_IFREG, 0); CALL(SYS_statfs, BAD, B); CALL(SYS_getxattr, BAD, "user.a", B, 1);
    CALL(SYS_execve, BAD, 0, 0); CALL(SYS_memfd_create, BAD, 0); CALL(SYS_statx, -100, BAD, 0, 0, B);
    CALL(SYS_unlinkat, -100, BAD, 0);
}
T(bad_result_address) {
    int p[2]; pipe(p); CALL(SYS_stat, ".", BAD); CALL(SYS_fstat, 0, BAD); CALL(SYS_lstat, ".", BAD);
    CALL(SYS_newfstatat, -100, ".", BAD, 0); CALL(SYS_statx, -100, ".", 0, 0x7ff, BAD);
    CALL(SYS_statfs, ".", BAD); CALL(SYS_fstatfs, p[0], BAD); CALL(SYS_getcwd, BAD, 4096);
    CALL(SYS_readlink, "/proc/self/exe", BAD, 9); CALL(SYS_pipe, BAD); CALL(SYS_pipe2, BAD, 0);
    CALL(SYS_socketpair, 1, 1, 0, BAD); CALL(SYS_uname, BAD); CALL(SYS_sysinfo, BAD); CALL(SYS_times, BAD);
    CALL(SYS_getrusage, 0, BAD); CALL(SYS_getrlimit, 1, BAD); CALL(SYS_getrandom, BAD, 4, 0);
    CALL(SYS_getitimer, 0, BAD); CALL(SYS_clock_getres, 0, BAD); CALL(SYS_gettimeofday, BAD, 0);
    CALL(SYS_time, BAD); CALL(SYS_getresuid, BAD, BAD, BAD); CALL(SYS_getresgid, BAD, BAD, BAD);
    CALL(SYS_sched_getparam, 0, BAD); CALL(SYS_sched_rr_get_interval, 0, BAD); CALL(SYS_getcpu, BAD, BAD, 0);
    CALL(SYS_capget, BAD, BAD); CALL(SYS_mincore, (long)B & -4096, 1, BAD); CALL(SYS_rt_sigpending, BAD, 8);
    CALL(SYS_getgroups, 0, BAD);
}
T(bad_argument_address) {
    int f = make("f", ""); CALL(SYS_write, f, BAD, 1); CALL(SYS_pwrite64, f, BAD, 1, 0);
    CALL(SYS_writev, f, BAD, 1); CALL(SYS_readv, f, BAD, 1); CALL(SYS_poll, BAD, 1, 0);
    CALL(SYS_ppoll, BAD, 1, 0, 0, 8); CALL(SYS_select, 1, BAD, 0, 0, 0); CALL(SYS_nanosleep, BAD, 0);
    CALL(SYS_clock_nanosleep, 0, 0, BAD, 0); CALL(SYS_setitimer, 0, BAD, 0); CALL(SYS_setrlimit, 1, BAD);
    CALL(SYS_prlimit64, 0, 1, BAD, 0); CALL(SYS_fcntl, f, F_SETLK, BAD); CALL(SYS_fcntl, f, F_GETLK, BAD);
    CALL(SYS_utimensat, -100, "f", BAD, 0); CALL(SYS_utimes, "f", BAD); CALL(SYS_utime, "f", BAD);
    CALL(SYS_sched_setaffinity, 0, 8, BAD); CALL(SYS_sched_setparam, 0, BAD);
    CALL(SYS_sched_setscheduler, 0, 0, BAD); CALL(SYS_prctl, PR_SET_NAME, BAD);
    CALL(SYS_setsockopt, socket(1, 1, 0), 1, 2, BAD, 4); CALL(SYS_bind, socket(1, 1, 0), BAD, 16);
    CALL(SYS_connect, socket(1, 1, 0), BAD, 16); CALL(SYS_sendmsg, socket(1, 1, 0), BAD, 0);
    CALL(SYS_futex, BAD, 0, 0, 0, 0, 0); CALL(SYS_timer_create, 0, BAD, B);
    CALL(SYS_rt_sigaction, 10, BAD, 0, 8); CALL(SYS_sendfile, f, f, BAD, 1); CALL(SYS_getxattr, "f", BAD, B, 1);
}
T(missing_name) {
    CALL(SYS_open, "no", 0); CALL(SYS_stat, "no", B); CALL(SYS_lstat, "no", B); CALL(SYS_access, "no", 0);
    CALL(SYS_truncate, "no", 0); CALL(SYS_chdir, "no"); CALL(SYS_rename, "no", "x"); CALL(SYS_rmdir, "no");
    CALL(SYS_link, "no", "x"); CALL(SYS_unlink, "no"); CALL(SYS_readlink, "no", B, 9); CALL(SYS_chmod, "no", 0);
    CALL(SYS_chown, "no", 0, 0); CALL(SYS_lchown, "no", 0, 0); CALL(SYS_utimes, "no", 0);
    CALL(SYS_statfs, "no", B); CALL(SYS_execve, "no", 0, 0); CALL(SYS_mkdir, "no/x", 0);
    CALL(SYS_symlink, "a", "no/x"); CALL(SYS_mknod, "no/x", S_IFREG, 0); CALL(SYS_creat, "no/x", 0);
    CALL(SYS_getxattr, "no", "user.a", B, 1);
}
T(empty_name) {
    CALL(SYS_open, "", 0); CALL(SYS_stat, "", B); CALL(SYS_access, "", 0); CALL(SYS_truncate, "", 0);
    CALL(SYS_chdir, ""); CALL(SYS_rename, "", "x"); CALL(SYS_rename, "x", ""); CALL(SYS_mkdir, "", 0);
    CALL(SYS_rmdir, ""); CALL(SYS_link, "", "x"); CALL(SYS_unlink, ""); CALL(SYS_symlink, "", "x");
    CALL(SYS_symlink, "x", ""); CALL(SYS_readlink, "", B, 9); CALL(SYS_chmod, "", 0); CALL(SYS_chown, "", 0, 0);
    CALL(SYS_utimes, "", 0); CALL(SYS_statfs, "", B); CALL(SYS_execve, "", 0, 0);
    CALL(SYS_mknod, "", S_IFREG, 0);
}
T(file_as_folder) {
    make("f", ""); CALL(SYS_open, "f/x", 0); CALL(SYS_stat, "f/x", B); CALL(SYS_lstat, "f/x", B);
    CALL(SYS_access, "f/x", 0); CALL(SYS_truncate, "f/x", 0); CALL(SYS_chdir, "f"); CALL(SYS_chdir, "f/x");
    CALL(SYS_rename, "f/x", "y"); CALL(SYS_rename, "f", "f/y"); CALL(SYS_mkdir, "f/x", 0); CALL(SYS_rmdir, "f");
    CALL(SYS_link, "f", "f/x"); CALL(SYS_unlink, "f/x"); CALL(SYS_symlink, "x", "f/x");
    CALL(SYS_readlink, "f/x", B, 9); CALL(SYS_chmod, "f/x", 0); CALL(SYS_execve, "f/x", 0, 0);
    CALL(SYS_mknod, "f/x", S_IFREG, 0); CALL(SYS_statfs, "f/x", B);
}
T(name_too_long) {
    char n[300]; memset(n, 'n', 299); n[299] = 0; CALL(SYS_open, n, O_CREAT, 0); CALL(SYS_stat, n, B);
    CALL(SYS_access, n, 0); CALL(SYS_truncate, n, 0); CALL(SYS_chdir, n); CALL(SYS_rename, n, "x");
    CALL(SYS_mkdir, n, 0); CALL(SYS_rmdir, n); CALL(SYS_unlink, n); CALL(SYS_symlink, "x", n);
    CALL(SYS_readlink, n, B, 9); CALL(SYS_chmod, n, 0); CALL(SYS_execve, n, 0, 0);
    CALL(SYS_mknod, n, S_IFREG, 0); make("f", ""); CALL(SYS_link, "f", n); CALL(SYS_rename, "f", n);
}
T(path_too_long) {
    char n[5000]; memset(n, '/', 4999); n[4999] = 0; CALL(SYS_open, n, 0); CALL(SYS_stat, n, B);
    CALL(SYS_access, n, 0); CALL(SYS_chdir, n); CALL(SYS_mkdir, n, 0); CALL(SYS_unlink, n);
    CALL(SYS_rename, n, n); CALL(SYS_symlink, "x", n); CALL(SYS_execve, n, 0, 0);
}
T(looping_name) {
    symlink("l", "l"); CALL(SYS_open, "l", 0); CALL(SYS_stat, "l", B); CALL(SYS_access, "l", 0);
    CALL(SYS_truncate, "l", 0); CALL(SYS_chdir, "l"); CALL(SYS_mkdir, "l/x", 0); CALL(SYS_rmdir, "l/x");
    CALL(SYS_unlink, "l/x"); CALL(SYS_rename, "l/x", "y"); CALL(SYS_chmod, "l", 0); CALL(SYS_chown, "l", 0, 0);
    CALL(SYS_execve, "l", 0, 0); CALL(SYS_statfs, "l", B); CALL(SYS_utimes, "l", 0);
    CALL(SYS_readlink, "l", B, 9); CALL(SYS_unlink, "l");
}
T(unknown_flags) {
    int f = make("f", ""); CALL(SYS_pipe2, B, 1); CALL(SYS_dup3, f, 9, 1); CALL(SYS_epoll_create1, 1);
    CALL(SYS_eventfd2, 0, 2); CALL(SYS_timerfd_create, 1, 1); CALL(SYS_accept4, socket(1, 1, 0), 0, 0, 1);
    CALL(SYS_unlinkat, -100, "f", 1); CALL(SYS_linkat, -100, "f", -100, "g", 1);
    CALL(SYS_renameat2, -100, "f", -100, "g", 64); CALL(SYS_newfstatat, -100, "f", B, 2);
    CALL(SYS_fchownat, -100, "f", -1, -1, 2); CALL(SYS_utimensat, -100, "f", 0, 2);
    CALL(SYS_getrandom, B, 1, 64); CALL(SYS_memfd_create, "x", 0x4000); CALL(SYS_mremap, B, 4096, 4096, 64, 0);
    CALL(SYS_msync, 0, 4096, 64); CALL(SYS_mlock2, 0, 4096, 64); CALL(SYS_fallocate, f, 0x4000, 0, 1);
    CALL(SYS_copy_file_range, f, 0, f, 0, 1, 1); CALL(SYS_splice, f, 0, f, 0, 1, 64);
    CALL(SYS_waitid, 0, 0, B, 64, 0); CALL(SYS_wait4, -1, B, 64, 0); CALL(SYS_membarrier, 3, 0); CALL(SYS_clone, CLONE_THREAD, 0, 0, 0, 0);
}
