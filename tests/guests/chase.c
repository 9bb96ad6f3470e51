// A pointer chase over one random cycle. Arguments: bytes, steps, bytes between nodes.
#include "guest.h"

#include <stdio.h>

int main(int argc, char **argv) {
    long bytes = argument(argc, argv, 1, 256 << 10);
    long steps = argument(argc, argv, 2, 200000);
    long stride = argument(argc, argv, 3, 64);
    long nodes = bytes / stride;
    char *memory = aligned_alloc(4096, (bytes + 4095) & ~4095L);
    uint32_t *order = malloc(nodes * sizeof *order);
    if (!memory || !order || nodes < 2) {
        puts("bad size");
        return 1;
    }
    for (long i = 0; i < nodes; i++) {
        order[i] = (uint32_t)i;
    }
    uint64_t seed = 88172645463325252ULL;
    for (long i = nodes - 1; i > 0; i--) { // Sattolo: one cycle through all nodes
        long j = (long)(nextRandom(&seed) % (uint64_t)i);
        uint32_t swap = order[i];
        order[i] = order[j];
        order[j] = swap;
    }
    for (long i = 0; i < nodes; i++) {
        *(void **)(memory + i * stride) = memory + order[i] * stride;
    }
    void *p = memory;
    for (long i = 0; i < steps; i++) {
        p = *(void **)p;
    }
    printf("chase %ld nodes, %ld steps: at %ld\n", nodes, steps, ((char *)p - memory) / stride);
    free(order);
    free(memory);
    return 0;
}
