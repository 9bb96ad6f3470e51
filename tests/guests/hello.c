// The least a C program does: start-up, one line, exit 0.
#include <stdio.h>

int main(void) {
    puts("hello, world");
    return 0;
}
