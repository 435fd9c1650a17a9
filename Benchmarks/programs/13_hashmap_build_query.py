"""A map of n int keys, built and looked up. Usage: python3 13_hashmap_build_query.py N"""
import sys


def hashmap_build_query(n):
    m = {}
    for i in range(n):
        m[i] = i * 2.5
    total = 0.0
    for key in range(n):
        total += m[key]
    return total


print(hashmap_build_query(int(sys.argv[1])))
