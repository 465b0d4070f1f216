"""Prints the largest error of this machine's clock as the kernel knows it, in microseconds. Changes nothing.

adjtimex(2) with `modes` 0 only reads, which needs no rights, and works in a container, whose kernel is the host's.

The structure begins with an int and longs, in the C compiler's own alignment, for the libc function of this name: on
32 bit too, where programs that were compiled for a 64-bit time_t call a function with another name. What follows the
largest error differs between systems, and is left alone.
"""
import ctypes
import sys


class Timex(ctypes.Structure):
    _fields_ = [
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("frequency", ctypes.c_long),
        ("largest_error", ctypes.c_long),
        # Longer than the rest of any system's structure.
        ("rest", ctypes.c_ubyte * 512),
    ]


timex = Timex()
if ctypes.CDLL(None).adjtimex(ctypes.byref(timex)) < 0:
    sys.exit("adjtimex failed")
print(timex.largest_error)
