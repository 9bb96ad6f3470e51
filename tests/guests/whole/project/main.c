#include "all.h"
#include <stdio.h>
int main(void) { struct node *l = 0; for (int i = 0; i < 100; i++) l = push(l, i); char t[] = "made by make"; printf("%d %s %u\n", sum(l), up(t), gcd(84, 36)); return 0; }
