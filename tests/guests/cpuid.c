// Compares what CPUID says with /proc/cpuinfo: identity, flags and the number of processors.
#include <cpuid.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EBX = 1, ECX = 2, EDX = 3 };

// Names as Linux has them; osxsave is a bit that it does not name.
static const struct {
    unsigned leaf, reg, bit;
    const char *name;
} bits[] = {
    {1, EDX, 0, "fpu"}, {1, EDX, 4, "tsc"}, {1, EDX, 5, "msr"}, {1, EDX, 8, "cx8"}, {1, EDX, 11, "sep"},
    {1, EDX, 15, "cmov"}, {1, EDX, 19, "clflush"}, {1, EDX, 23, "mmx"}, {1, EDX, 24, "fxsr"}, {1, EDX, 25, "sse"},
    {1, EDX, 26, "sse2"}, {1, EDX, 28, "ht"}, {1, ECX, 0, "pni"}, {1, ECX, 1, "pclmulqdq"}, {1, ECX, 9, "ssse3"},
    {1, ECX, 12, "fma"}, {1, ECX, 13, "cx16"}, {1, ECX, 19, "sse4_1"}, {1, ECX, 20, "sse4_2"}, {1, ECX, 22, "movbe"},
    {1, ECX, 23, "popcnt"}, {1, ECX, 25, "aes"}, {1, ECX, 26, "xsave"}, {1, ECX, 27, ""}, {1, ECX, 28, "avx"},
    {1, ECX, 29, "f16c"}, {1, ECX, 30, "rdrand"}, {1, ECX, 31, "hypervisor"}, {7, EBX, 0, "fsgsbase"},
    {7, EBX, 3, "bmi1"}, {7, EBX, 5, "avx2"}, {7, EBX, 7, "smep"}, {7, EBX, 8, "bmi2"}, {7, EBX, 9, "erms"},
    {7, EBX, 29, "sha_ni"}, {7, ECX, 22, "rdpid"}, {0x80000001, EDX, 11, "syscall"}, {0x80000001, EDX, 20, "nx"},
    {0x80000001, EDX, 27, "rdtscp"}, {0x80000001, EDX, 29, "lm"}, {0x80000001, ECX, 0, "lahf_lm"},
    {0x80000001, ECX, 5, "abm"}, {0x80000001, ECX, 8, "3dnowprefetch"}, {0x80000007, EDX, 8, "constant_tsc"},
    {0x80000007, EDX, 8, "nonstop_tsc"},
};
static const char *const linuxOnly[] = {"rep_good", "nopl", "cpuid", "tsc_known_freq"};
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static int differences;

static void differs(const char *what, const char *cpuid, const char *text) {
    printf("%s: CPUID %s, cpuinfo %s\n", what, cpuid, text);
    differences++;
}

static unsigned read(unsigned leaf, unsigned subleaf, unsigned reg) {
    unsigned r[4];
    __cpuid_count(leaf, subleaf, r[0], r[1], r[2], r[3]);
    return r[reg];
}

// The value of a key of the first processor, without the line's end.
static const char *field(const char *text, const char *key, char *value, size_t size) {
    size_t length = strlen(key);
    for (const char *line = text; line; line = strchr(line, '\n'), line += line != NULL) {
        const char *colon = strchr(line, ':');
        if (!strncmp(line, key, length) && colon && (line[length] == '\t' || line[length] == ' ')) {
            colon += 1 + (colon[1] == ' ');
            size_t end = strcspn(colon, "\n");
            snprintf(value, size, "%.*s", (int)end, colon);
            return value;
        }
    }
    return "(missing)";
}

static void number(const char *text, const char *key, unsigned expected) {
    char value[64], number[16];
    snprintf(number, sizeof number, "%u", expected);
    const char *found = field(text, key, value, sizeof value);
    if (strcmp(found, number)) {
        differs(key, number, found);
    }
}

static void word(const char *text, const char *key, const char *expected) {
    char value[128];
    const char *found = field(text, key, value, sizeof value);
    if (strcmp(found, expected)) {
        differs(key, expected, found);
    }
}

static void identity(const char *text) {
    unsigned signature = read(1, 0, 0), r[13] = {0};
    number(text, "cpu family", (signature >> 8 & 15) + ((signature >> 8 & 15) == 15 ? signature >> 20 & 255 : 0));
    number(text, "model", (signature >> 4 & 15) | (signature >> 16 & 15) << 4);
    number(text, "stepping", signature & 15);
    number(text, "cpuid level", read(0, 0, 0));
    number(text, "siblings", read(11, 1, EBX));
    number(text, "clflush size", (read(1, 0, EBX) >> 8 & 255) * 8);
    r[0] = read(0, 0, EBX), r[1] = read(0, 0, EDX), r[2] = read(0, 0, ECX);
    word(text, "vendor_id", (const char *)r);
    for (unsigned i = 0; i < 12; i++) {
        r[i] = read(0x80000002 + i / 4, 0, i % 4);
    }
    word(text, "model name", (const char *)r);
    unsigned processors = 0;
    for (const char *at = text; (at = strstr(at, "processor\t")); at++) {
        processors++;
    }
    if (processors != read(11, 1, EBX)) {
        printf("%u processors, CPUID says %u\n", processors, read(11, 1, EBX));
        differences++;
    }
}

static int named(const char *flag) {
    for (size_t i = 0; i < COUNT(bits); i++) {
        if (!strcmp(bits[i].name, flag)) {
            return read(bits[i].leaf, 0, bits[i].reg) >> bits[i].bit & 1;
        }
    }
    for (size_t i = 0; i < COUNT(linuxOnly); i++) {
        if (!strcmp(linuxOnly[i], flag)) {
            return 1;
        }
    }
    return 0;
}

static void flags(const char *text) {
    char line[4096], padded[4100], key[64];
    unsigned known[4][4] = {{0}};
    static const unsigned leaves[4] = {1, 7, 0x80000001, 0x80000007};
    snprintf(padded, sizeof padded, " %s ", field(text, "flags", line, sizeof line));
    for (size_t i = 0; i < COUNT(bits); i++) {
        for (int l = 0; l < 4; l++) {
            known[l][bits[i].reg] |= leaves[l] == bits[i].leaf ? 1U << bits[i].bit : 0;
        }
        snprintf(key, sizeof key, " %s ", bits[i].name);
        if (*bits[i].name && (read(bits[i].leaf, 0, bits[i].reg) >> bits[i].bit & 1) && !strstr(padded, key)) {
            differs(bits[i].name, "yes", "no");
        }
    }
    for (char *flag = strtok(line, " "); flag; flag = strtok(NULL, " ")) {
        if (!named(flag)) {
            differs(flag, "no", "yes");
        }
    }
    for (int l = 0; l < 4; l++) {
        for (unsigned reg = l == 0 ? ECX : EBX; reg <= EDX; reg++) {
            unsigned unnamed = read(leaves[l], 0, reg) & ~known[l][reg];
            if (unnamed) {
                printf("leaf %#x register %u: bits %#x have no name here\n", leaves[l], reg, unnamed);
                differences++;
            }
        }
    }
}

int main(void) {
    static char text[1 << 20];
    FILE *f = fopen("/proc/cpuinfo", "r");
    if (!f || !fread(text, 1, sizeof text - 1, f)) {
        puts("/proc/cpuinfo can't be read");
        return 1;
    }
    fclose(f);
    identity(text);
    flags(text);
    printf("%d differences\n", differences);
    return differences != 0;
}
