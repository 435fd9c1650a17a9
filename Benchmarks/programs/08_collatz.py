"""The longest Collatz chain below a limit. Usage: python3 08_collatz.py LIMIT"""
import sys


def collatz(limit):
    longest = 0
    for start in range(2, limit):
        n, steps = start, 0
        while n != 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            steps += 1
        if steps > longest:
            longest = steps
    return longest


print(collatz(int(sys.argv[1])))
