"""Prints what the kernel knows of this machine's clock, in one line; changes nothing.

1. The largest error of the clock, in microseconds. adjtimex(2) with `modes` 0 only reads, which needs no rights, and
   works in a container, whose kernel is the host's.
2. How much faster the clock runs now than the hardware beneath it, in parts per million; `?` where that cannot be told.
3. By how much it has run ahead of that hardware since the boot, in microseconds.

The structure begins with an int and longs, in the C compiler's own alignment, for the libc function of this name: on
32 bit too, where programs that were compiled for a 64-bit time_t call a function with another name. What follows the
largest error differs between systems, and is left alone.

CLOCK_MONOTONIC is slewed together with the wall clock, CLOCK_MONOTONIC_RAW is not (clock_gettime(2)).
"""
import ctypes
import sys
import time

# Long enough that the time that reading the clocks takes is a small part of it, in seconds.
BETWEEN_READINGS = 0.1

# A reading that took longer was interrupted, in nanoseconds; it is tried so many times.
LONGEST_READING = 10_000
MOST_READINGS = 20


class Timex(ctypes.Structure):
    _fields_ = [
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("frequency", ctypes.c_long),
        ("largest_error", ctypes.c_long),
        # Longer than the rest of any system's structure.
        ("rest", ctypes.c_ubyte * 512),
    ]


def read_both():
    """Both clocks at one moment, in nanoseconds; None where each reading was interrupted."""
    for _ in range(MOST_READINGS):
        before = time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW)
        slewed = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        after = time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW)
        if after - before <= LONGEST_READING:
            return slewed, (before + after) // 2
    return None


def rate_of(first, last):
    """How much faster the slewed clock has run from one moment to another, in parts per million."""
    hardware = last[1] - first[1]
    return (last[0] - first[0] - hardware) / hardware * 1e6


timex = Timex()
if ctypes.CDLL(None).adjtimex(ctypes.byref(timex)) < 0:
    sys.exit("adjtimex failed")
first = read_both()
time.sleep(BETWEEN_READINGS)
last = read_both()
if first and last:
    print(timex.largest_error, round(rate_of(first, last)), (last[0] - last[1]) // 1000)
else:
    print(timex.largest_error, "?", "?")
