/* The sum of 0 to n - 1 in a double. Usage: 07_sum_loop N */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  if (argc != 2) return 64;
  int64_t n = atoll(argv[1]);
  double sum = 0;
  for (int64_t i = 0; i < n; i++) sum += (double)i;
  printf("%.17g\n", sum);
  return 0;
}
