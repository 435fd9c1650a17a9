"""The dot product of two float arrays. Usage: python3 07b_dot_product.py N"""
import sys


def dot_product(n):
    a = [0.0] * n
    b = [0.0] * n
    for i in range(n):
        a[i] = float(i)
        b[i] = float(n - i)
    total = 0.0
    for k in range(n):
        total += a[k] * b[k]
    return total


print(dot_product(int(sys.argv[1])))
