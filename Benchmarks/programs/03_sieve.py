"""The sieve of Eratosthenes below a limit. Usage: python3 03_sieve.py N"""
import sys


def sieve(n):
    prime = [True] * n
    p = 2
    while p * p < n:
        if prime[p]:
            for multiple in range(p * p, n, p):
                prime[multiple] = False
        p += 1
    count = 0
    for i in range(2, n):
        if prime[i]:
            count += 1
    return count


print(sieve(int(sys.argv[1])))
