struct node { int v; struct node *next; };
struct node *push(struct node *l, int v); int sum(struct node *l);
char *up(char *s); unsigned gcd(unsigned a, unsigned b);
