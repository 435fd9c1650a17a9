"""An array of objects and the sum of one property. Usage: python3 16_array_of_objects.py N"""
import sys


class Body:
    def __init__(self, x, y, mass):
        self.x = x
        self.y = y
        self.mass = mass


def array_of_objects(n):
    bodies = []
    for i in range(n):
        bodies.append(Body(i, 2 * i, 0.5 * i))
    total = 0.0
    for k in range(n):
        total += bodies[k].mass
    return total


print(array_of_objects(int(sys.argv[1])))
