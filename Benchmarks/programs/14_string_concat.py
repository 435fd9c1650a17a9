"""A string that grows by one character. Usage: python3 14_string_concat.py N"""
import sys


def string_concat(n):
    text = ""
    for _ in range(n):
        text += "x"
    return len(text)


print(string_concat(int(sys.argv[1])))
