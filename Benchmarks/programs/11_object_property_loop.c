/* The sum of five properties, n times. Usage: 11_object_property_loop N */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  if (argc != 2) return 64;
  int64_t n = atoll(argv[1]);
  /* Volatile: the properties are read anew each time round, which is what the program is about. */
  volatile struct {
    double x, y, z, u, v;
  } o = {1, 2, 3, 4, 5};
  double sum = 0;
  for (int64_t i = 0; i < n; i++) sum = sum + o.x + o.y + o.z + o.u + o.v;
  printf("%.17g\n", sum);
  return 0;
}
