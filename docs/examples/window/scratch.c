// Uses the registers of a small device: stores two numbers, loads their sum.
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>

int main(void) {
    int file = open("/dev/scratch", O_RDWR);
    volatile uint64_t *registers = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (registers == MAP_FAILED) {
        perror("/dev/scratch");
        return 1;
    }
    registers[1] = 1000;
    registers[2] = 234;
    printf("the device says %llu\n", (unsigned long long)registers[3]);
    printf("it was asked %llu times before\n", (unsigned long long)registers[0]);
    return 0;
}
