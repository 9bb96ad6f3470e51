// Terminals of sessions: jobs, signals, hang-ups.
#include "terminal.h"

// A child that leads a session with the slave as its terminal.
static pid_t lead(void (*run)(void)) {
    pid_t child = fork();
    if (child == 0) {
        char path[64];
        name(path, sizeof path);
        int said = open("said", O_WRONLY | O_CREAT | O_APPEND, 0644);
        dup2(said, 1);
        setsid();
        close(slave);
        slave = open(path, O_RDWR);
        close(master);
        run();
        _exit(0);
    }
    return child;
}

// What a leader said is shown once it has ended, so that it is not mixed up with what we say.
static void told(pid_t child) {
    ended(child);
    char text[1024];
    int f = open("said", O_RDONLY);
    ssize_t n = read(f, text, sizeof text);
    printf("%.*s", (int)n, text);
    close(f);
}

static void block(int one, int two) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, one);
    sigaddset(&set, two);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

// Takes the next signal of those that are blocked.
static void take(void) {
    sigset_t set;
    int signal = 0;
    sigprocmask(SIG_BLOCK, NULL, &set);
    sigwait(&set, &signal);
    S("signal %d", signal);
}

static void sessionOf(void) {
    pid_t group = -1;
    R(ioctl(slave, TIOCGPGRP, &group));
    S("%d", group == getpid());
    R(ioctl(slave, TIOCGSID, &group));
    S("%d", group == getpid());
    int tty = open("/dev/tty", O_RDWR);
    OK(tty);
    put(tty, "tty");
    char text[512], state;
    int f = open("/proc/self/stat", O_RDONLY);
    text[read(f, text, sizeof text - 1)] = 0;
    int number, foreground;
    sscanf(strrchr(text, ')'), ") %c %*d %*d %*d %d %d", &state, &number, &foreground);
    S("%d %d", number >> 8, foreground == getpid());
    R(ioctl(slave, TIOCSCTTY, 0));
    pid_t child = fork();
    if (child == 0) {
        R(ioctl(slave, TIOCSCTTY, 0));
        setpgid(0, 0);
        R(ioctl(slave, TIOCGPGRP, &group));
        S("%d", group == getppid());
        setsid();
        R(ioctl(slave, TIOCGPGRP, &group));
        R(open("/dev/tty", O_RDWR));
        R(ioctl(slave, TIOCSCTTY, 0));
        _exit(0);
    }
    ended(child);
    signal(SIGHUP, SIG_IGN);
    R(ioctl(slave, TIOCNOTTY));
    R(open("/dev/tty", O_RDWR));
    R(ioctl(slave, TIOCNOTTY));
    R(ioctl(slave, TIOCGSID, &group));
    R(ioctl(slave, TIOCSCTTY, 0));
    R(ioctl(slave, TIOCGSID, &group));
}

T(tty_session) {
    start();
    pid_t group = -1;
    R(ioctl(slave, TIOCGPGRP, &group));
    R(ioctl(master, TIOCGPGRP, &group));
    S("%d", group);
    R(ioctl(master, TIOCGSID, &group));
    told(lead(sessionOf));
    expect(master, 3);
    stop();
}

static void interrupted(void) {
    block(SIGINT, SIGQUIT);
    put(slave, "1");
    take();
    put(slave, "2");
    take();
    put(slave, "3");
    once(slave, 100);
}

T(tty_signals) {
    start();
    pid_t child = lead(interrupted);
    expect(master, 1);
    modify(0, 0, 0, 0, NOFLSH, 0);
    type("half\003");
    expect(master, 7);
    modify(0, 0, 0, 0, 0, NOFLSH | ECHO);
    type("gone\034");
    expect(master, 1);
    type("rest\n");
    told(child);
    stop();
}

static void resized(void) {
    struct winsize size;
    block(SIGWINCH, SIGUSR1);
    R(ioctl(slave, TIOCGWINSZ, &size));
    S("%d %d", size.ws_row, size.ws_col);
    put(slave, "1");
    take();
    ioctl(slave, TIOCGWINSZ, &size);
    S("%d %d", size.ws_row, size.ws_col);
    R(ioctl(slave, TIOCSWINSZ, &size));
    sigset_t pending;
    sigpending(&pending);
    R(sigismember(&pending, SIGWINCH));
}

T(tty_window) {
    start();
    pid_t child = lead(resized);
    expect(master, 1);
    struct winsize size = {24, 80, 0, 0};
    R(ioctl(master, TIOCSWINSZ, &size));
    told(child);
    stop();
}

static void inBackground(void) {
    char c = '?';
    pid_t own = getpid();
    signal(SIGTTOU, SIG_DFL);
    setpgid(0, 0);
    R(write(slave, "w", 1));
    R(read(slave, &c, 1)); // Stopped until it may.
    R(c);
    signal(SIGTTIN, SIG_IGN);
    raise(SIGSTOP);
    R(read(slave, &c, 1));
    signal(SIGTTIN, SIG_DFL);
    modify(0, 0, 0, 0, TOSTOP, 0); // Stopped.
    raise(SIGSTOP);
    R(write(slave, "v", 1)); // Stopped again.
    raise(SIGSTOP);
    R(ioctl(slave, TIOCSPGRP, &own)); // And again.
    _exit(7);
}

static void background(void) {
    int status = 0;
    pid_t own = getpid(), child = fork();
    signal(SIGTTOU, SIG_IGN);
    if (child == 0) {
        inBackground();
    }
    setpgid(child, child);
    R(waitpid(child, &status, WUNTRACED) == child);
    S("%x", status);
    for (int i = 1; i <= 7; i++) {
        ioctl(slave, TIOCSPGRP, i % 2 ? &child : &own);
        kill(child, SIGCONT);
        R(waitpid(child, &status, WUNTRACED) == child);
        S("%x", status);
    }
    pid_t none = 999999, wrong = -3;
    ioctl(slave, TIOCSPGRP, &own);
    R(ioctl(slave, TIOCSPGRP, &none));
    R(ioctl(slave, TIOCSPGRP, &wrong));
}

T(tty_background) {
    start();
    type("x\n");
    expect(master, 3);
    pid_t child = lead(background);
    told(child);
    expect(master, 2);
    stop();
}

static int channel[2];

static void orphanReads(void) {
    pid_t child = fork();
    char c;
    if (child == 0) {
        setpgid(0, 0);
        if (fork() == 0) {
            read(channel[0], &c, 1); // Until nobody of its session is its group's parent.
            R(read(slave, &c, 1));
            put(slave, "orphan");
        }
        _exit(0);
    }
    waitpid(child, NULL, 0);
    write(channel[1], "g", 1);
    read(slave, &c, 1);
}

T(tty_orphaned_reader) {
    start();
    pipe(channel);
    pid_t child = lead(orphanReads);
    expect(master, 6);
    type("\n");
    told(child);
    stop();
}

static void hungUp(void) {
    block(SIGHUP, SIGCONT);
    write(channel[1], "r", 1);
    char c;
    read(slave, &c, 1); // The end or EIO, whichever Linux comes to first.
    take();
    take();
    once(slave, 100);
    R(write(slave, "x", 1));
    R(ready(slave, POLLIN | POLLOUT, 0));
    struct termios t;
    R(ioctl(slave, TCGETS, &t));
    R(ioctl(slave, TIOCSPGRP, &t));
    R(isatty(slave));
    R(open("/dev/tty", O_RDWR));
}

T(tty_hang_up) {
    start();
    pipe(channel);
    pid_t child = lead(hungUp);
    close(slave);
    char c;
    read(channel[0], &c, 1);
    close(master);
    told(child);
}

static void leaveJob(void) {
    if (fork() == 0) {
        block(SIGHUP, SIGCONT);
        write(channel[1], "r", 1);
        take();
        write(channel[1], "d", 1);
        _exit(0);
    }
    char c;
    read(channel[0], &c, 1);
}

T(tty_leader_ends) {
    start();
    pipe(channel);
    pid_t child = lead(leaveJob);
    char c;
    waitid(P_PID, child, NULL, WEXITED | WNOWAIT);
    read(channel[0], &c, 1);
    told(child);
    pid_t session;
    R(ioctl(master, TIOCGSID, &session));
    stop();
}
