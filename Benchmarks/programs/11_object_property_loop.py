"""The sum of five properties, n times. Usage: python3 11_object_property_loop.py N"""
import sys


class Properties:
    def __init__(self):
        self.x = 1.0
        self.y = 2.0
        self.z = 3.0
        self.u = 4.0
        self.v = 5.0


def object_property_loop(n):
    o = Properties()
    total = 0.0
    for _ in range(n):
        total = total + o.x + o.y + o.z + o.u + o.v
    return total


print(object_property_loop(int(sys.argv[1])))
