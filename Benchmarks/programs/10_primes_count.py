"""The number of primes below a limit by trial division. Usage: python3 10_primes_count.py LIMIT"""
import sys


def is_prime(n):
    if n < 2:
        return False
    if n == 2:
        return True
    if n % 2 == 0:
        return False
    d = 3
    while d * d <= n:
        if n % d == 0:
            return False
        d += 2
    return True


def count(limit):
    result = 0
    for n in range(limit):
        if is_prime(n):
            result += 1
    return result


print(count(int(sys.argv[1])))
