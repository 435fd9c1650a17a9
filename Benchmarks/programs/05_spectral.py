"""Ten rounds of v := A u, u := A v. Usage: python3 05_spectral.py N"""
import sys


def a(i, j):
    return (i + j) * (i + j + 1) // 2 + i + 1


def multiply(source, target, n):
    for i in range(n):
        total = 0.0
        for j in range(n):
            total += source[j] / a(i, j)
        target[i] = total


def spectral(n):
    u = [1.0] * n
    v = [0.0] * n
    for _ in range(10):
        multiply(u, v, n)
        multiply(v, u, n)
    return u[0]


print(spectral(int(sys.argv[1])))
