/* The product of two matrices of floats. Usage: 09_matrix_mul N */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  if (argc != 2) return 64;
  int64_t n = atoll(argv[1]), size = n * n;
  double *a = calloc((size_t)size + 1, sizeof *a);
  double *b = calloc((size_t)size + 1, sizeof *b);
  double *c = calloc((size_t)size + 1, sizeof *c);
  if (!a || !b || !c) return 1;
  for (int64_t e = 0; e < size; e++) {
    a[e] = (double)e;
    b[e] = (double)(size - e);
  }
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j < n; j++) {
      double sum = 0;
      for (int64_t k = 0; k < n; k++) sum += a[i * n + k] * b[k * n + j];
      c[i * n + j] = sum;
    }
  printf("%.17g\n", c[0]);
  free(a);
  free(b);
  free(c);
  return 0;
}
