"""Iterative Fibonacci to infinity, in floats. Usage: python3 02_fib_iter.py N"""
import sys


def fib(n):
    a, b = 0.0, 1.0
    for _ in range(n):
        a, b = b, a + b
    return a


print(fib(int(sys.argv[1])))
