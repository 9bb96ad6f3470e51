// Names in folders: made, removed, renamed, linked, listed.
#include "conform.h"
#include <dirent.h>
#include <sys/syscall.h>

T(mkdir_basic) {
    R(mkdir("d", 0755)); R(mkdir("d", 0755)); R(mkdir("none/d", 0755)); R(mkdir("d/e/", 0755));
    R(mkdir("", 0755)); R(mkdir("/", 0755)); struct stat s; stat("d", &s); S("%o", s.st_mode);
}
T(mkdir_modes) {
    umask(027); struct stat s; R(mkdir("d", 01777)); stat("d", &s); S("%o", s.st_mode); R(mkdir("e", 02755));
    stat("e", &s); S("%o", s.st_mode & 01777);
}
T(mkdir_in_file) {
    make("f", ""); R(mkdir("f/d", 0755)); R(mkdir("f", 0755)); symlink("none", "l"); R(mkdir("l", 0755));
}
T(mkdirat_folder) {
    mkdir("d", 0755); int d = open("d", O_RDONLY); R(mkdirat(d, "e", 0755)); R(access("d/e", F_OK));
    R(mkdirat(77, "e", 0755)); R(mkdirat(0, "e", 0755));
}
T(rmdir_basic) {
    mkdir("d", 0755); make("d/f", ""); R(rmdir("d")); R(unlink("d/f")); R(rmdir("d")); R(rmdir("d"));
    make("f", ""); R(rmdir("f")); R(rmdir(".")); mkdir("e", 0755); R(rmdir("e/.")); R(rmdir("e/.."));
    R(rmdir("/"));
}
T(rmdir_link) {
    mkdir("d", 0755); symlink("d", "l"); R(rmdir("l")); R(rmdir("l/")); R(unlink("l/")); R(unlink("l"));
}
T(rmdir_of_working_folder) {
    mkdir("d", 0755); chdir("d"); R(rmdir("../d")); char path[PATH_MAX];
    R(syscall(SYS_getcwd, path, sizeof path)); R(open("x", O_CREAT | O_RDWR, 0644)); R(chdir(".."));
}
T(unlink_basic) {
    make("f", ""); mkdir("d", 0755); R(unlink("f")); R(unlink("f")); R(unlink("d")); R(unlink(""));
    R(unlink("d/..")); make("g", ""); R(unlink("g/")); R(unlink("g/x"));
}
T(unlinkat_flags) {
    mkdir("d", 0755); make("f", ""); R(unlinkat(AT_FDCWD, "d", 0)); R(unlinkat(AT_FDCWD, "f", AT_REMOVEDIR));
    R(unlinkat(AT_FDCWD, "d", AT_REMOVEDIR)); R(unlinkat(AT_FDCWD, "f", 1)); R(unlinkat(77, "f", 0));
    R(unlinkat(AT_FDCWD, "f", 0));
}
T(rename_file) {
    make("a", "one"); make("b", "two"); R(rename("a", "b")); dump("b"); R(access("a", F_OK));
    R(rename("a", "c")); R(rename("b", "none/c")); R(rename("b", "b"));
}
T(rename_folder) {
    mkdir("d", 0755); mkdir("e", 0755); make("e/f", ""); R(rename("d", "e")); R(rename("e", "d"));
    R(access("d/f", F_OK)); R(rename("d", "d/x")); R(rename("d/f", "d"));
}
T(rename_kinds) {
    mkdir("d", 0755); make("f", ""); R(rename("f", "d")); R(rename("d", "f")); R(rename("f", "g/"));
    R(rename("d", "g/")); R(rename(".", "x")); R(rename("g", "..")); R(rename("g/.", "x"));
}
T(rename_link) {
    make("f", "x"); symlink("f", "l"); R(rename("l", "m")); char t[9]; R(readlink("m", t, 9));
    R(rename("m", "f")); R(readlink("f", t, 9));
}
T(rename_same_inode) {
    make("a", "x"); link("a", "b"); R(rename("a", "b")); R(access("a", F_OK)); struct stat s; stat("b", &s);
    R(s.st_nlink);
}
T(rename_open) {
    int f = make("a", "one"), g = make("b", "two"); R(rename("a", "b")); char c[4] = ""; R(pread(g, c, 3, 0));
    S("%s", c); R(pread(f, c, 3, 0)); S("%s", c); struct stat s; fstat(g, &s); R(s.st_nlink);
}
T(renameat_folders) {
    mkdir("d", 0755); mkdir("e", 0755); make("d/f", "x"); int d = open("d", 0), e = open("e", 0);
    R(renameat(d, "f", e, "g")); dump("e/g"); R(renameat(d, "f", e, "g")); R(renameat(77, "f", e, "g"));
}
T(renameat2_noreplace) {
    make("a", "one"); make("b", "two"); R(renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_NOREPLACE));
    R(renameat2(AT_FDCWD, "a", AT_FDCWD, "c", RENAME_NOREPLACE)); dump("b"); dump("c");
}
T(renameat2_exchange) {
    make("a", "one"); mkdir("b", 0755); R(renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_EXCHANGE)); dump("b");
    R(rmdir("a")); R(renameat2(AT_FDCWD, "b", AT_FDCWD, "none", RENAME_EXCHANGE));
    R(renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_EXCHANGE | RENAME_NOREPLACE));
    R(renameat2(AT_FDCWD, "a", AT_FDCWD, "b", 64));
}
T(link_basic) {
    make("a", "x"); R(link("a", "b")); struct stat s, t; stat("a", &s); stat("b", &t); R(s.st_nlink);
    R(s.st_ino == t.st_ino); R(link("a", "b")); R(link("none", "c")); mkdir("d", 0755); R(link("d", "e"));
    R(link("a", "none/c")); R(unlink("a")); stat("b", &t); R(t.st_nlink); dump("b");
}
T(link_of_symlink) {
    make("a", "x"); symlink("a", "l"); R(link("l", "m")); struct stat s; lstat("m", &s);
    S("%o", s.st_mode & S_IFMT); R(linkat(AT_FDCWD, "l", AT_FDCWD, "n", AT_SYMLINK_FOLLOW)); lstat("n", &s);
    S("%o", s.st_mode & S_IFMT); R(linkat(AT_FDCWD, "l", AT_FDCWD, "o", 1));
    R(linkat(77, "l", AT_FDCWD, "o", 0));
}
T(link_descriptor) {
    int f = open(".", O_TMPFILE | O_RDWR, 0600); char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", f); write(f, "tmp", 3);
    R(linkat(AT_FDCWD, path, AT_FDCWD, "kept", AT_SYMLINK_FOLLOW)); dump("kept");
}
T(symlink_basic) {
    R(symlink("target", "l")); R(symlink("x", "l")); R(symlink("", "m")); R(symlink("x", ""));
    R(symlink("x", "none/l")); struct stat s; R(lstat("l", &s)); S("%o", s.st_mode); R(s.st_size);
    R(stat("l", &s));
}
T(symlink_long) {
    char t[5000]; memset(t, 'x', 4999); t[4999] = 0; R(symlink(t, "l")); t[4095] = 0; R(symlink(t, "l"));
    t[4000] = 0; OK(symlink(t, "m"));
}
T(readlink_basic) {
    symlink("target", "l"); char t[20] = "-------------"; R(readlink("l", t, sizeof t)); S("%.8s", t);
    R(readlink("l", t, 3)); R(readlink("l", t, 0)); make("f", ""); R(readlink("f", t, 9));
    R(readlink("none", t, 9)); R(readlink("l", BAD, 9)); R(readlink("", t, 9));
}
T(readlinkat_basic) {
    symlink("target", "l"); char t[20]; R(readlinkat(AT_FDCWD, "l", t, sizeof t)); R(readlinkat(77, "l", t, 9));
    int l = open("l", O_PATH | O_NOFOLLOW); R(readlinkat(l, "", t, sizeof t)); int d = open(".", O_PATH);
    R(readlinkat(d, "l", t, sizeof t)); R(readlinkat(d, "", t, 9));
}
T(symlink_chain) {
    make("f", "end"); char a[9], b[9]; strcpy(b, "f"); for (int i = 0; i < 39; i++) { snprintf(a, 9, "l%d", i);
    symlink(b, a); strcpy(b, a); } dump("l38"); dump("l39"); symlink("l38", "l39"); dump("l39");
    symlink("l39", "l40"); dump("l40");
}
T(symlink_relative) {
    mkdir("d", 0755); mkdir("d/e", 0755); make("f", "top"); symlink("../../f", "d/e/l"); dump("d/e/l");
    symlink("e", "d/s"); dump("d/s/l"); dump("d/s/../../f");
}
T(symlink_through_file) {
    make("f", ""); symlink("f/x", "l"); R(open("l", O_RDONLY)); symlink("f/", "m"); R(open("m", O_RDONLY));
    symlink("/", "r"); R(access("r/proc", F_OK));
}

static int byName(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

struct Entry {
    uint64_t inode;
    int64_t offset;
    unsigned short length;
    unsigned char type;
    char name[];
};
T(getdents_lists) {
    make("f", "");
    mkdir("d", 0755);
    symlink("f", "l");
    mkfifo("p", 0644);
    char buffer[4096], *names[16];
    int d = open(".", O_RDONLY | O_DIRECTORY), n = 0;
    long got = syscall(SYS_getdents64, d, buffer, sizeof buffer);
    for (long at = 0; at < got;) {
        struct Entry *e = (struct Entry *)(buffer + at);
        struct stat s;
        lstat(e->name, &s);
        asprintf(&names[n++], "%s,%d,%d,%d", e->name, e->type, e->length % 8, strcmp(e->name,
        "..") ? s.st_ino == e->inode : 1);
        at += e->length;
    }
    qsort(names, n, sizeof *names, byName);
    for (int i = 0; i < n; i++) { S("%s", names[i]); }
    R(syscall(SYS_getdents64, d, buffer, sizeof buffer));
    R(lseek(d, 0, SEEK_SET));
    R(syscall(SYS_getdents64, d, buffer, sizeof buffer) == got);
}
T(getdents_errors) {
    char b[1024]; int d = open(".", O_RDONLY), f = make("f", ""); R(syscall(SYS_getdents64, d, b, 8));
    R(syscall(SYS_getdents64, f, b, sizeof b)); R(syscall(SYS_getdents64, 77, b, sizeof b));
    R(syscall(SYS_getdents64, d, BAD, 1024)); R(read(d, b, 10)); R(write(d, b, 1));
}
T(getdents_removed) {
    mkdir("d", 0755); int d = open("d", O_RDONLY); rmdir("d"); char b[1024];
    R(syscall(SYS_getdents64, d, b, sizeof b)); struct stat s; R(fstat(d, &s)); R(s.st_nlink);
}
T(readdir_while_removing) {
    for (int i = 0; i < 300; i++) { char n[20]; snprintf(n, 20, "f%d", i); close(make(n, ""));
    } DIR *d = opendir("."); int n = 0; for (struct dirent *e;
    (e = readdir(d));) { if (e->d_name[0] == 'f') { unlink(e->d_name); n++; } } R(n); closedir(d);
    R(rmdir("../at_readdir_while_removing"));
}
T(chdir_basic) {
    mkdir("d", 0755); R(chdir("d")); R(chdir("none")); R(chdir("")); make("f", ""); R(chdir("f"));
    char p[PATH_MAX]; getcwd(p, sizeof p); S("%s", strrchr(p, '/')); R(chdir(".."));
    R(syscall(SYS_getcwd, p, 3)); R(syscall(SYS_getcwd, BAD, 4096)); chmod("d", 0600); R(chdir("d"));
    chmod("d", 0700);
}
T(fchdir_basic) {
    mkdir("d", 0755); int d = open("d", O_RDONLY), f = make("f", ""); R(fchdir(d)); make("inside", "");
    R(fchdir(f)); R(fchdir(77)); R(access("inside", F_OK)); int p = open("..", O_PATH); R(fchdir(p));
    R(access("d/inside", F_OK));
}
T(getcwd_follows_rename) {
    mkdir("d", 0755); chdir("d"); rename("../d", "../e"); char p[PATH_MAX]; getcwd(p, sizeof p);
    S("%s", strrchr(p, '/'));
}
T(mknod_kinds) {
    R(mknod("f", S_IFREG | 0644, 0)); R(mknod("p", S_IFIFO | 0644, 0)); R(mknod("c", S_IFCHR | 0644, 0x103));
    R(mknod("f", S_IFREG | 0644, 0)); R(mknod("d", S_IFDIR | 0755, 0)); R(mknod("s", S_IFSOCK | 0755, 0));
    struct stat s; stat("p", &s); S("%o", s.st_mode); R(mknod("z", 0600, 0)); stat("z", &s); S("%o", s.st_mode);
}
T(fifo_open) {
    mkfifo("p", 0644);
    R(open("p", O_WRONLY | O_NONBLOCK));
    int r = open("p", O_RDONLY | O_NONBLOCK), w = open("p", O_WRONLY);
    char c[4];
    R(read(r, c, 4));
    R(write(w, "abc", 3));
    R(read(r, c, 4));
    close(w);
    R(read(r, c, 4));
    R(open("p", O_RDWR) >= 0);
    R(lseek(r, 0, SEEK_SET));
}
T(fifo_processes) {
    mkfifo("p", 0644);
    pid_t child = fork();
    if (!child) {
        int w = open("p", O_WRONLY);
        write(w, "through", 7);
        _exit(0);
    }
    int r = open("p", O_RDONLY);
    char c[9] = "";
    int n = 0, got;
    while ((got = read(r, c + n, 8 - n)) > 0) { n += got; }
    S("%s", c);
    ended(child);
}
