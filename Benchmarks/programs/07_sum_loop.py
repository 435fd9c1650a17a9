"""The sum of 0 to n - 1, in a float as in the other languages. Usage: python3 07_sum_loop.py N"""
import sys


def total(n):
    result = 0.0
    for i in range(n):
        result += i
    return result


print("%.17g" % total(int(sys.argv[1])))
