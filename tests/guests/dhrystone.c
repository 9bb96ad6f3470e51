// In the manner of Dhrystone: records, strings, small calls, branches. Argument: rounds.
#include "guest.h"

#include <stdio.h>
#include <string.h>

typedef enum { Ident1, Ident2, Ident3, Ident4, Ident5 } Enumeration;

typedef struct Record {
    struct Record *next;
    Enumeration discriminant, component;
    int number;
    char text[31];
} Record;

static Record s_first, s_second;
static int s_global, s_array1[50], s_array2[50][50];
static char s_char1, s_char2;

__attribute__((noinline)) static Enumeration function1(char a, char b) {
    if (a != b) {
        return Ident1;
    }
    s_char1 = a;
    return Ident2;
}

__attribute__((noinline)) static int function2(const char *x, const char *y) {
    int i = 2;
    while (i <= 2) {
        if (function1(x[i], y[i + 1]) == Ident1) {
            i++;
        } else {
            break;
        }
    }
    if (strcmp(x, y) > 0) {
        s_global = i + 7;
        return 1;
    }
    return 0;
}

__attribute__((noinline)) static void procedure7(int a, int b, int *c) { *c = b + a + 2; }

__attribute__((noinline)) static void procedure8(int *a, int b[50][50], int x, int y) {
    int at = x + 5;
    a[at] = y;
    a[at + 1] = a[at];
    a[at + 30] = at;
    for (int i = at; i <= at + 1; i++) {
        b[at][i] = at;
    }
    b[at][at - 1]++;
    b[at + 20][at] = a[at];
    s_global = 5;
}

__attribute__((noinline)) static void procedure6(Enumeration e, Enumeration *out) {
    *out = e == Ident3 ? e : Ident4;
    switch (e) {
    case Ident1: *out = Ident1; break;
    case Ident2: *out = s_global > 100 ? Ident1 : Ident4; break;
    case Ident3: *out = Ident2; break;
    case Ident4: break;
    case Ident5: *out = Ident3; break;
    }
}

__attribute__((noinline)) static void procedure1(Record *p) {
    Record *next = p->next;
    *p->next = s_first;
    p->number = 5;
    next->number = p->number;
    next->next = p->next;
    procedure7(10, s_global, &next->number);
    if (next->discriminant == Ident1) {
        next->number = 6;
        procedure6(p->component, &next->component);
        procedure7(next->number, 10, &next->number);
    } else {
        *p = *p->next;
    }
}

int main(int argc, char **argv) {
    long rounds = argument(argc, argv, 1, 20000);
    s_first.next = &s_second;
    s_first.discriminant = Ident1;
    s_first.component = Ident3;
    s_first.number = 40;
    strcpy(s_first.text, "DHRYSTONE PROGRAM, SOME STRING");
    char text1[31] = "DHRYSTONE PROGRAM, 1'ST STRING";
    int i1 = 0, i2 = 0, i3 = 0;
    for (long r = 1; r <= rounds; r++) {
        s_char2 = 'B';
        i1 = 2;
        i2 = 3;
        char text2[31];
        strcpy(text2, r & 1 ? "DHRYSTONE PROGRAM, 2'ND STRING" : "DHRYSTONE PROGRAM, 3'RD STRING");
        Enumeration e = Ident2;
        int flag = !function2(text1, text2);
        while (i1 < i2) {
            i3 = 5 * i1 - i2;
            procedure7(i1, i2, &i3);
            i1++;
        }
        procedure8(s_array1, s_array2, i1, i3);
        procedure1(&s_first);
        for (char c = 'A'; c <= s_char2; c++) {
            if (e == function1(c, 'C')) {
                procedure6(Ident1, &e);
            }
        }
        i2 = i2 * i1;
        i1 = i2 / (i3 + flag);
        i2 = 7 * (i2 - i3) - i1;
    }
    printf("dhrystone %ld: %d %d %d, global %d, char %d, array %d, number %d, [%s]\n", rounds, i1, i2,
           i3, s_global, s_char1, s_array2[8][7], s_second.number, s_second.text);
    return 0;
}
