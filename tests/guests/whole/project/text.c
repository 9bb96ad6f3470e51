#include "all.h"
#include <ctype.h>
char *up(char *s) { for (char *p = s; *p; p++) *p = (char)toupper(*p); return s; }
