"""Polynomials of three classes by a common method. Usage: python3 12_polymorphic_dispatch.py N"""
import sys


class Line:
    def __init__(self, a, b):
        self.a = a
        self.b = b

    def value(self, x):
        return self.a * x + self.b


class Square:
    def __init__(self, a, b, c):
        self.a = a
        self.b = b
        self.c = c

    def value(self, x):
        return self.a * x * x + self.b * x + self.c


class Cube:
    def __init__(self, a, b, c, d):
        self.a = a
        self.b = b
        self.c = c
        self.d = d

    def value(self, x):
        return self.a * x * x * x + self.b * x * x + self.c * x + self.d


def polymorphic_dispatch(n):
    shapes = [Line(2.0, 1.0), Square(1.0, 2.0, 3.0), Cube(0.5, 1.0, 1.5, 2.0)]
    total = 0.0
    for i in range(n):
        total += shapes[i % 3].value(float(i % 100))
    return total


print(polymorphic_dispatch(int(sys.argv[1])))
