"""The product of two matrices of floats. Usage: python3 09_matrix_mul.py N"""
import sys


def matrix_mul(n):
    size = n * n
    a = [0.0] * size
    b = [0.0] * size
    c = [0.0] * size
    for e in range(size):
        a[e] = float(e)
        b[e] = float(size - e)
    for i in range(n):
        for j in range(n):
            total = 0.0
            for k in range(n):
                total += a[i * n + k] * b[k * n + j]
            c[i * n + j] = total
    return c[0]


print(matrix_mul(int(sys.argv[1])))
