/* A string that grows by one character. Usage: 14_string_concat N */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  if (argc != 2) return 64;
  int64_t n = atoll(argv[1]), length = 0;
  char *text = calloc(1, 1);
  for (int64_t i = 0; text && i < n; i++) {
    char *longer = realloc(text, (size_t)length + 2);
    if (!longer) return 1;
    text = longer;
    text[length++] = 'x';
    text[length] = 0;
  }
  printf("%" PRId64 "\n", length);
  free(text);
  return 0;
}
