"""Recursive Ackermann of 3 and n. Usage: python3 06_ackermann.py N"""
import sys

sys.setrecursionlimit(20_000)


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


print(ackermann(3, int(sys.argv[1])))
