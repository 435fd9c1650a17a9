/* Ten rounds of v := A u, u := A v. Usage: 05_spectral N */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static int64_t a(int64_t i, int64_t j) { return (i + j) * (i + j + 1) / 2 + i + 1; }

static void multiply(const double *source, double *target, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    double sum = 0;
    for (int64_t j = 0; j < n; j++) sum += source[j] / (double)a(i, j);
    target[i] = sum;
  }
}

int main(int argc, char **argv) {
  if (argc != 2) return 64;
  int64_t n = atoll(argv[1]);
  double *u = calloc((size_t)n + 1, sizeof *u), *v = calloc((size_t)n + 1, sizeof *v);
  if (!u || !v) return 1;
  for (int64_t i = 0; i < n; i++) u[i] = 1;
  for (int round = 0; round < 10; round++) {
    multiply(u, v, n);
    multiply(v, u, n);
  }
  printf("%.17g\n", u[0]);
  free(u);
  free(v);
  return 0;
}
