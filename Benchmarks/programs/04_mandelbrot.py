"""Mandelbrot points of a grid. Usage: python3 04_mandelbrot.py SIZE"""
import sys


def mandelbrot(size):
    count = 0
    for y in range(size):
        ci = 2.0 * y / size - 1.0
        for x in range(size):
            cr = 2.0 * x / size - 1.5
            zr, zi, step = 0.0, 0.0, 0
            while step < 50:
                following = zr * zr - zi * zi + cr
                zi = 2.0 * zr * zi + ci
                zr = following
                if zr * zr + zi * zi > 4.0:
                    break
                step += 1
            if step == 50:
                count += 1
    return count


print(mandelbrot(int(sys.argv[1])))
