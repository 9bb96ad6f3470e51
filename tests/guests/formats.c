// Variadic calls and printf of everything, doubles above all.
#include "guest.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((noinline)) static double total(int count, ...) {
    va_list list;
    va_start(list, count);
    double sum = 0;
    for (int i = 0; i < count; i++) {
        sum += i & 1 ? va_arg(list, int) : va_arg(list, double);
    }
    va_end(list);
    return sum;
}

int main(void) {
    printf("%d %u %x %o %ld %lld %hhd %c %s %%\n", -42, 42u, 0xbeef, 8, -1L, 1LL << 62, 300, 'x',
           "text");
    const double values[] = {0.1, 1.0 / 3, 1e300, 1e-300, 5e-324, 123456789.123456789, -0.0,
                             INFINITY, 2.5, 1e21, 3.14159265358979};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        printf("%f|%e|%g|%.17g|%a|%10.3f|%-12.2e|%+g\n", values[i], values[i], values[i], values[i],
               values[i], values[i], values[i], values[i]);
    }
    printf("%.1f %.1f %.0f %.0f\n", total(5, 1.5, 2, 3.5, 4, 5.5),
           total(10, 0.25, 1, 0.25, 2, 0.25, 3, 0.25, 4, 0.25, 5), 0.5, 1.5);
    double x;
    int a, b;
    char word[16];
    int got = sscanf("12 0x1f 2.718281828 word", "%d %i %lf %15s", &a, &b, &x, word);
    printf("%d: %d %d %.9f %s %.6f %.6f\n", got, a, b, x, word, strtod("1e-7", NULL) * 1e7,
           pow(2.0, 0.5) + exp(1.0) + log(10.0) + sin(1.0) + cos(1.0) + tan(0.5));
    char text[64];
    int length = snprintf(text, sizeof text, "%*d|%-*s|%.*f", 8, 42, 6, "ab", 3, M_PI);
    printf("[%s] %d %zu\n", text, length, strlen(text));
    return 0;
}
