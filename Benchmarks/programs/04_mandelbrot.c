/* Mandelbrot points of a grid. Usage: 04_mandelbrot SIZE */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  if (argc != 2) return 64;
  int64_t size = atoll(argv[1]), count = 0;
  for (int64_t y = 0; y < size; y++) {
    double ci = 2.0 * (double)y / (double)size - 1.0;
    for (int64_t x = 0; x < size; x++) {
      double cr = 2.0 * (double)x / (double)size - 1.5;
      double zr = 0, zi = 0;
      int64_t step = 0;
      while (step < 50) {
        double next = zr * zr - zi * zi + cr;
        zi = 2.0 * zr * zi + ci;
        zr = next;
        if (zr * zr + zi * zi > 4.0) break;
        step++;
      }
      if (step == 50) count++;
    }
  }
  printf("%" PRId64 "\n", count);
  return 0;
}
