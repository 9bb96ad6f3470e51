// OpenMP: reduction, schedules, critical, tasks. Argument: size.
// The processor and thread counts go to standard error: they are the machine's, not ours.
#include "guest.h"

#include <omp.h>
#include <stdio.h>

static long fibonacci(int n) {
    if (n < 12) {
        return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
    }
    long a, b;
#pragma omp task shared(a)
    a = fibonacci(n - 1);
#pragma omp task shared(b)
    b = fibonacci(n - 2);
#pragma omp taskwait
    return a + b;
}

int main(int argc, char **argv) {
    long n = argument(argc, argv, 1, 20000);
    fprintf(stderr, "processors %d threads %d\n", omp_get_num_procs(), omp_get_max_threads());
    long sum = 0, inside = 0, critical = 0;
#pragma omp parallel for reduction(+ : sum)
    for (long i = 0; i < n; i++) {
        sum += i * i % 1000003;
    }
#pragma omp parallel for schedule(dynamic, 100) reduction(+ : inside)
    for (long i = 0; i < n; i++) {
        uint64_t state = (uint64_t)i * 2654435761u + 1;
        uint64_t a = nextRandom(&state) >> 40, b = nextRandom(&state) >> 40;
        inside += a * a + b * b < 16777216ULL * 16777216ULL;
    }
    int team = 0;
#pragma omp parallel
    {
#pragma omp critical
        critical++;
#pragma omp master
        team = omp_get_num_threads();
    }
    long f = 0;
#pragma omp parallel
#pragma omp single
    f = fibonacci(18);
    printf("sum %ld inside %ld fibonacci %ld team %s\n", sum, inside, f,
           critical == team ? "complete" : "INCOMPLETE");
    return 0;
}
