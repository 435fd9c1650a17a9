/* Polynomials of three types by a common method. Usage: 12_polymorphic_dispatch N */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct Shape {
  double (*value)(const struct Shape *, double);
  double a, b, c, d;
} Shape;

static double line(const Shape *self, double x) { return self->a * x + self->b; }

static double square(const Shape *self, double x) {
  return self->a * x * x + self->b * x + self->c;
}

static double cube(const Shape *self, double x) {
  return self->a * x * x * x + self->b * x * x + self->c * x + self->d;
}

int main(int argc, char **argv) {
  if (argc != 2) return 64;
  int64_t n = atoll(argv[1]);
  Shape shapes[] = {{line, 2, 1, 0, 0}, {square, 1, 2, 3, 0}, {cube, 0.5, 1, 1.5, 2}};
  double sum = 0;
  for (int64_t i = 0; i < n; i++) {
    const Shape *shape = &shapes[i % 3];
    sum += shape->value(shape, (double)(i % 100));
  }
  printf("%.17g\n", sum);
  return 0;
}
