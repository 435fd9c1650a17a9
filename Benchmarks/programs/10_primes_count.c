/* The number of primes below a limit by trial division. Usage: 10_primes_count LIMIT */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_prime(int64_t n) {
  if (n < 2) return false;
  if (n == 2) return true;
  if (n % 2 == 0) return false;
  for (int64_t d = 3; d * d <= n; d += 2) {
    if (n % d == 0) return false;
  }
  return true;
}

int main(int argc, char **argv) {
  if (argc != 2) return 64;
  int64_t limit = atoll(argv[1]), count = 0;
  for (int64_t n = 0; n < limit; n++) count += is_prime(n);
  printf("%" PRId64 "\n", count);
  return 0;
}
