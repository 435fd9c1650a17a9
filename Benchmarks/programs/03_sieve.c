/* The sieve of Eratosthenes below a limit. Usage: 03_sieve N */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
  if (argc != 2) return 64;
  int64_t n = atoll(argv[1]), count = 0;
  bool *prime = malloc((size_t)n + 1);
  if (!prime) return 1;
  memset(prime, true, (size_t)n);
  for (int64_t p = 2; p * p < n; p++)
    if (prime[p])
      for (int64_t multiple = p * p; multiple < n; multiple += p) prime[multiple] = false;
  for (int64_t i = 2; i < n; i++)
    if (prime[i]) count++;
  free(prime);
  printf("%" PRId64 "\n", count);
  return 0;
}
