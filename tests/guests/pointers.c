// Prints where things lie: its code, data, stack, heap, mappings, libraries and what the kernel gave
// it; then what a hash over a linked list through its heap comes to, as addresses decide the order of
// its bytes.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

struct Node {
    struct Node *next;
    uint64_t value;
};

static int data = 1;
static int zero;
static __thread int local;
static const char *const text = "text";

static void *show(void *name) {
    int stack;
    printf("%s: stack %p local %p\n", (const char *)name, (void *)&stack, (void *)&local);
    return &local;
}

int main(int argc, char **argv) {
    (void)argc;
    printf("code %p data %p zero %p text %p argv %p\n", (void *)(uintptr_t)main, (void *)&data,
           (void *)&zero, (const void *)text, (void *)argv);
    printf("library %p environ %p\n", (void *)(uintptr_t)qsort, (void *)environ);
    printf("auxiliary %lx %lx %lx\n", getauxval(AT_RANDOM), getauxval(AT_PHDR), getauxval(AT_BASE));
    void *mapped = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    void *low = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    printf("mapped %p low %s brk %p\n", mapped, low == MAP_FAILED ? "none" : "some", sbrk(0));
    pthread_t thread;
    show("main");
    if (pthread_create(&thread, NULL, show, "thread") != 0 || pthread_join(thread, NULL) != 0) {
        return 1;
    }

    struct Node *list = NULL;
    for (uint64_t i = 0; i < 20000; i++) {
        struct Node *node = malloc(sizeof *node + i % 3000);
        *node = (struct Node){list, i ^ (uintptr_t)node};
        list = node;
    }

    uint64_t hash = 14695981039346656037u;
    for (; list != NULL; list = list->next) {
        hash = (hash ^ list->value) * 1099511628211u;
    }

    printf("last %p hash %016lx\n", sbrk(0), hash);
    return 0;
}
