"""Five full binary trees of objects. Usage: python3 15_gc_pressure_tree.py DEPTH"""
import sys


class Node:
    def __init__(self, value, left, right):
        self.value = value
        self.left = left
        self.right = right


def build(depth):
    if depth == 0:
        return Node(0, None, None)
    left = build(depth - 1)
    right = build(depth - 1)
    return Node(left.value + right.value + 1, left, right)


def gc_pressure_tree(depth):
    total = 0
    for _ in range(5):
        total += build(depth).value
    return total


print(gc_pressure_tree(int(sys.argv[1])))
