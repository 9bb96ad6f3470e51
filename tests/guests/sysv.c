// System V shared memory, semaphores and messages.
#define _GNU_SOURCE
#include "processes.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <time.h>

struct Message {
    long kind;
    char text[64];
};

static const char *word(void) {
    return errno == ENOENT ? "ENOENT" : errno == EEXIST ? "EEXIST" : errno == EINVAL ? "EINVAL"
        : errno == EIDRM ? "EIDRM" : errno == EAGAIN ? "EAGAIN" : errno == ENOMSG ? "ENOMSG"
        : errno == E2BIG ? "E2BIG" : errno == EFBIG ? "EFBIG" : errno == ERANGE ? "ERANGE"
        : errno == EINTR ? "EINTR" : "other";
}

static void tell(long result) {
    if (result < 0) {
        printf(" %s", word());
    } else {
        printf(" %ld", result);
    }
}

static void ok(long result) { printf(" %s", result < 0 ? word() : "ok"); }

static int attached(int id) {
    struct shmid_ds status;
    return shmctl(id, IPC_STAT, &status) ? -1 : (int)status.shm_nattch;
}

static void segmentIsSharedWithChildren(void) {
    int id = shmget(IPC_PRIVATE, 10000, IPC_CREAT | 0600);
    int *memory = shmat(id, NULL, 0);
    printf(" %d", memory[2000]);
    pid_t child = fork();
    if (child == 0) {
        memory[2000] = 42;
        _exit(attached(id));
    }
    show(waitFor(child));
    printf(" %d %d", memory[2000], attached(id));
    printf(" %d", shmdt(memory));
    printf(" %d", attached(id));
    memory = shmat(id, NULL, SHM_RDONLY);
    printf(" %d", memory[2000]);
    shmdt(memory);
    printf(" %d", shmctl(id, IPC_RMID, NULL));
    tell(shmctl(id, IPC_RMID, NULL));
}

static void segmentByKey(void) {
    key_t key = 0x44696c61;
    tell(shmget(key, 4096, 0));
    int id = shmget(key, 5000, IPC_CREAT | 0640);
    printf(" %d", shmget(key, 4096, 0) == id);
    tell(shmget(key, 9000, 0));
    tell(shmget(key, 4096, IPC_CREAT | IPC_EXCL));
    tell(shmget(IPC_PRIVATE, 0, IPC_CREAT));
    struct shmid_ds status;
    printf(" %d", shmctl(id, IPC_STAT, &status));
    printf(" %x %o %zu %d %d", status.shm_perm.__key, status.shm_perm.mode, status.shm_segsz,
           status.shm_cpid == getpid(), (int)status.shm_nattch);
    printf(" %d", shmctl(id, IPC_RMID, NULL));
    tell(shmget(key, 4096, 0));
}

static void removedSegmentLivesUntilDetached(void) {
    int id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
    char *one = shmat(id, NULL, 0);
    char *two = shmat(id, NULL, 0);
    printf(" %d %d", one != two, attached(id));
    printf(" %d", shmctl(id, IPC_RMID, NULL));
    strcpy(one, "still here");
    printf(" %s %d", two, attached(id));
    shmdt(one);
    printf(" %d", attached(id));
    shmdt(two);
    printf(" %d", attached(id));
    tell((long)shmat(id, NULL, 0));
    tell(shmdt(two));
}

static void segmentAtAnAddress(void) {
    int id = shmget(IPC_PRIVATE, 8192, IPC_CREAT | 0600);
    char *first = shmat(id, NULL, 0);
    shmdt(first);
    printf(" %d", shmat(id, first, 0) == first);
    tell((long)shmat(id, first, 0));
    tell((long)shmat(id, first + 100, 0));
    shmdt(first);
    printf(" %d", shmat(id, first + 100, SHM_RND) == first);
    shmctl(id, IPC_RMID, NULL);
    shmdt(first);
}

static int change(int set, int number, int by, int flags) {
    struct sembuf operation = {number, by, flags};
    return semop(set, &operation, 1);
}

static void semaphoresCount(void) {
    int set = semget(IPC_PRIVATE, 3, IPC_CREAT | 0600);
    unsigned short values[3] = {1, 2, 3};
    tell(semctl(set, 0, SETALL, values));
    tell(change(set, 1, 5, 0));
    tell(change(set, 0, -2, IPC_NOWAIT));
    tell(change(set, 0, 0, IPC_NOWAIT));
    tell(change(set, 0, -1, IPC_NOWAIT));
    tell(change(set, 0, 0, IPC_NOWAIT));
    tell(change(set, 3, 1, 0));
    tell(change(set, 2, 32767, 0));
    tell(semctl(set, 2, SETVAL, 32768));
    struct sembuf both[] = {{1, -7, 0}, {2, -4, IPC_NOWAIT}};
    tell(semop(set, both, 2));
    memset(values, 0, sizeof values);
    semctl(set, 0, GETALL, values);
    printf(" %d %d %d", values[0], values[1], values[2]);
    printf(" %d", semctl(set, 1, GETPID) == getpid());
    struct semid_ds status;
    semctl(set, 0, IPC_STAT, &status);
    printf(" %d %o", (int)status.sem_nsems, status.sem_perm.mode);
    tell(semctl(set, 0, IPC_RMID));
    tell(semctl(set, 0, GETVAL));
}

static void semaphoresWait(void) {
    int set = semget(IPC_PRIVATE, 2, IPC_CREAT | 0600);
    pid_t child = fork();
    if (child == 0) {
        change(set, 0, -2, 0);
        _exit(semctl(set, 0, GETVAL));
    }
    while (semctl(set, 0, GETNCNT) == 0) {
        usleep(200);
    }
    change(set, 0, 1, 0);
    usleep(1000);
    printf(" %d %d", semctl(set, 0, GETNCNT), semctl(set, 0, GETVAL));
    change(set, 0, 5, 0);
    show(waitFor(child));
    child = fork();
    if (child == 0) {
        _exit(change(set, 0, 0, 0) ? errno == EIDRM ? 1 : 2 : 0);
    }
    while (semctl(set, 0, GETZCNT) == 0) {
        usleep(200);
    }
    semctl(set, 0, IPC_RMID);
    show(waitFor(child));
}

static void semaphoresUndo(void) {
    int set = semget(IPC_PRIVATE, 1, IPC_CREAT | 0600);
    semctl(set, 0, SETVAL, 3);
    for (int i = 0; i < 2; i++) {
        pid_t child = fork();
        if (child == 0) {
            change(set, 0, -2, SEM_UNDO);
            if (i) {
                raise(SIGKILL);
            }
            _exit(semctl(set, 0, GETVAL));
        }
        show(waitFor(child));
        printf(" %d", semctl(set, 0, GETVAL));
    }
    semctl(set, 0, IPC_RMID);
}

static void onAlarm(int unused) { (void)unused; }

static void semaphoresTimeOut(void) {
    int set = semget(IPC_PRIVATE, 1, IPC_CREAT | 0600);
    struct timespec limit = {0, 2000000};
    struct sembuf operation = {0, -1, 0};
    tell(semtimedop(set, &operation, 1, &limit));
    struct sigaction action = {.sa_handler = onAlarm, .sa_flags = SA_RESTART};
    sigaction(SIGALRM, &action, NULL);
    ualarm(2000, 0);
    tell(semop(set, &operation, 1));
    semctl(set, 0, IPC_RMID);
}

static void messagesByKind(void) {
    int queue = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
    struct Message message = {0};
    for (int i = 0; i < 5; i++) {
        message.kind = 1 + i % 3;
        sprintf(message.text, "message %d", i);
        printf(" %d", msgsnd(queue, &message, strlen(message.text) + 1, 0));
    }
    long kinds[] = {2, -2, 0, -9};
    for (int i = 0; i < COUNT(kinds); i++) {
        tell(msgrcv(queue, &message, sizeof message.text, kinds[i], 0));
        printf(" '%s' %ld", message.text, message.kind);
    }
    tell(msgrcv(queue, &message, 3, 0, 0));
    tell(msgrcv(queue, &message, 3, 0, MSG_NOERROR));
    tell(msgrcv(queue, &message, 3, 0, IPC_NOWAIT));
    message.kind = 0;
    tell(msgsnd(queue, &message, 1, 0));
    msgctl(queue, IPC_RMID, NULL);
    tell(msgrcv(queue, &message, 3, 0, IPC_NOWAIT));
}

static void messagesWait(void) {
    int queue = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
    struct Message message = {1, ""};
    pid_t child = fork();
    if (child == 0) {
        int got = 0;
        for (int i = 0; i < 400; i++) {
            got += msgrcv(queue, &message, sizeof message.text, 1, 0) == sizeof message.text;
        }
        _exit(got == 400);
    }
    for (int i = 0; i < 400; i++) {
        msgsnd(queue, &message, sizeof message.text, 0);
    }
    show(waitFor(child));
    struct msqid_ds status;
    int full = 0;
    while (msgsnd(queue, &message, sizeof message.text, IPC_NOWAIT) == 0) {
        full++;
    }
    ok(-1);
    msgctl(queue, IPC_STAT, &status);
    printf(" %d %d %d", full, (int)status.msg_qnum, (int)status.msg_qbytes);
    child = fork();
    if (child == 0) {
        _exit(msgrcv(queue, &message, sizeof message.text, 9, 0) < 0);
    }
    usleep(2000);
    msgctl(queue, IPC_RMID, NULL);
    show(waitFor(child));
}

int main(int argc, char **argv) {
    static const struct Case cases[] = {
        CASE(segmentIsSharedWithChildren), CASE(segmentByKey), CASE(removedSegmentLivesUntilDetached),
        CASE(segmentAtAnAddress), CASE(semaphoresCount), CASE(semaphoresWait), CASE(semaphoresUndo),
        CASE(semaphoresTimeOut), CASE(messagesByKind), CASE(messagesWait),
    };
    return runCases(cases, COUNT(cases), argc, argv);
}
