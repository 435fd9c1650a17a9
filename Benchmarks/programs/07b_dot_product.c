/* The dot product of two float arrays. Usage: 07b_dot_product N */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  if (argc != 2) return 64;
  int64_t n = atoll(argv[1]);
  double *a = calloc((size_t)n + 1, sizeof *a), *b = calloc((size_t)n + 1, sizeof *b);
  if (!a || !b) return 1;
  for (int64_t i = 0; i < n; i++) {
    a[i] = (double)i;
    b[i] = (double)(n - i);
  }
  double sum = 0;
  for (int64_t k = 0; k < n; k++) sum += a[k] * b[k];
  printf("%.17g\n", sum);
  free(a);
  free(b);
  return 0;
}
