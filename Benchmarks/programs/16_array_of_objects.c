/* An array of objects and the sum of one property. Usage: 16_array_of_objects N */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
  double x, y, mass;
} Body;

int main(int argc, char **argv) {
  if (argc != 2) return 64;
  int64_t n = atoll(argv[1]), count = 0, capacity = 0;
  Body **bodies = NULL;
  for (int64_t i = 0; i < n; i++) {
    if (count == capacity) {
      capacity = capacity ? 2 * capacity : 4;
      Body **grown = realloc(bodies, (size_t)capacity * sizeof *bodies);
      if (!grown) return 1;
      bodies = grown;
    }
    Body *body = malloc(sizeof *body);
    if (!body) return 1;
    *body = (Body){(double)i, 2 * (double)i, 0.5 * (double)i};
    bodies[count++] = body;
  }
  double sum = 0;
  for (int64_t k = 0; k < n; k++) sum += bodies[k]->mass;
  printf("%.17g\n", sum);
  for (int64_t k = 0; k < n; k++) free(bodies[k]);
  free(bodies);
  return 0;
}
