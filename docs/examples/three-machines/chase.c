// One load after the other, each from the address that the one before it brought: what a step takes is what an access takes.
// Four regions, of nodes that fit L1; fit L2; fit neither; and fit neither while every line is written.
// Build: gcc -O2 -nostdlib -static -o artifacts/chase docs/examples/three-machines/chase.c
#include "../../../include/dilaton.h"

enum { NODES = 16384, STEPS = 16384 };

// One a line.
static struct node {
    struct node *next;
    uint64_t visits;
    uint64_t rest[6];
} s_nodes[NODES] __attribute__((aligned(4096)));

// A cycle through all of them, in an order that no prefetcher guesses.
static void lay(uint64_t nodes)
{
    uint64_t at = 0;
    for (uint64_t i = 0; i < nodes; i++) {
        uint64_t next = (at * 1664525 + 1013904223) % nodes;
        s_nodes[at].next = &s_nodes[next];
        at = next;
    }
}

// Three instructions a step.
static void follow(uint64_t steps)
{
    struct node *at = s_nodes;
    __asm__ volatile("1: mov (%0), %0\n\tdec %1\n\tjnz 1b" : "+r"(at), "+r"(steps) : : "memory");
}

// Five instructions a step; the store follows the load of its line.
static void visit(uint64_t steps)
{
    struct node *at = s_nodes;
    struct node *next;
    __asm__ volatile("1: mov (%0), %2\n\tmov %1, 8(%0)\n\tmov %2, %0\n\tdec %1\n\tjnz 1b"
                     : "+r"(at), "+r"(steps), "=&r"(next)
                     :
                     : "memory");
}

static void region(uint64_t work, uint64_t nodes, void (*walk)(uint64_t))
{
    lay(nodes);
    follow(nodes);
    walk(nodes);
    dilaton_work_begin(work);
    walk(STEPS);
    dilaton_work_end(work);
}

__attribute__((used)) static int run(void)
{
    region(0, 256, follow);
    region(1, 2048, follow);
    region(2, NODES, follow);
    region(3, NODES, visit);
    return 0;
}

__asm__(".globl _start\n_start: and $-16, %rsp\n\tcall run\n\tmov %eax, %edi\n\tmov $60, %eax\n\tsyscall");
