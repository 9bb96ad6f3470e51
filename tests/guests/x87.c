// x87: 80-bit long double through the libm and by hand. Argument: rounds.
#include "guest.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
    long rounds = argument(argc, argv, 1, 2000);
    long double sum = 0, product = 1;
    for (long i = 1; i <= rounds; i++) {
        sum += 1.0L / ((long double)i * i);
        product *= 1.0L + 1.0L / ((long double)i * (i + 1));
    }
    printf("sum %.21Lg product %.21Lg\n", sum, product);
    long double x = 0.7L;
    for (int i = 0; i < 20; i++) {
        x = sinl(x) + sqrtl(x) - cosl(x) / 3 + expl(-x) + logl(x + 1) + atanl(x) / 7;
        x = fmodl(x, 3.0L) + ldexpl(0.1L, i % 5);
    }
    unsigned char raw[16] = {0};
    memcpy(raw, &x, 10);
    printf("x %.21Lg", x);
    for (int i = 9; i >= 0; i--) {
        printf("%s%02x", i == 9 ? " = " : "", raw[i]);
    }
    puts("");
    unsigned short control, status;
    long double a = 3, b = 0, c;
    __asm__ volatile("fnclex; fldt %2; fldt %3; fdivrp %%st, %%st(1); fstpt %0; fnstsw %1"
                     : "=m"(c), "=m"(status)
                     : "m"(a), "m"(b)
                     : "st", "st(1)");
    __asm__ volatile("fnstcw %0" : "=m"(control));
    printf("3 and 0 divided: %Lg, status %04x, control %04x\n", c, status & 0xff, control);
    __asm__ volatile("fnclex");
    printf("%lld %lld %.3Lf\n", (long long)floorl(-2.5L), llrintl(2.5L), nearbyintl(3.5L));
    return 0;
}
