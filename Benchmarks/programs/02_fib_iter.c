/* Iterative Fibonacci to infinity. Usage: 02_fib_iter N */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  if (argc != 2) return 64;
  int64_t n = atoll(argv[1]);
  double a = 0, b = 1;
  for (int64_t i = 0; i < n; i++) {
    double next = a + b;
    a = b;
    b = next;
  }
  printf("%.17g\n", a);
  return 0;
}
