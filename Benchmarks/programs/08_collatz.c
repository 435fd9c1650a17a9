/* The longest Collatz chain below a limit. Usage: 08_collatz LIMIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  if (argc != 2) return 64;
  int64_t limit = atoll(argv[1]), longest = 0;
  for (int64_t start = 2; start < limit; start++) {
    int64_t n = start, steps = 0;
    while (n != 1) {
      n = n % 2 == 0 ? n / 2 : 3 * n + 1;
      steps++;
    }
    if (steps > longest) longest = steps;
  }
  printf("%" PRId64 "\n", longest);
  return 0;
}
