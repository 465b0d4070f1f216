"""Captures the falling edges of a DHT sensor's answer, and nothing else: decoding is the caller's.

usage: python3 gpio_capture.py DEV_FOLDER

For each line "GPIO START_MICROSECONDS" on standard input it asks the sensor once and prints one line:
  edges CALL EDGE...    nanoseconds: how long after its call a change of the pin takes effect, at most; then every
                        falling edge, counted from just before the call that released the pin
  no-chip               there is no GPIO chip of a Raspberry Pi
  no-permission FILE    the chip may not be opened
  no-such-pin LINES     the chip has only that many lines
  busy CONSUMER         another program or driver holds the pin; its name may be empty
  error TEXT            anything else
For the line "used" it prints, beside these, which pins of the chip something holds, separated by tabs:
  used GPIO CONSUMER... the name that the holder gave itself; it may be empty
For the line "power GPIO 0" or "power GPIO 1" it holds the pin low or high, until it ends, and prints
  power                 or one of the problems above
It ends with its standard input, so that it cannot outlive its caller, and after ten minutes without a question, unless
it holds a pin: the system keeps an output only while a process holds it.

Standard library only, and as little of it as possible, because every import takes time on a small Pi. The numbers
and layouts are those of the GPIO character device, version 2 (linux/gpio.h, since Linux 5.10).
"""

import errno
import fcntl
import os
import select
import struct
import sys
import time

# The chip of the 40-pin header, by its label: its number differs from kernel to kernel.
HEADER_CHIPS = (b"pinctrl-rp1", b"pinctrl-bcm2711", b"pinctrl-bcm2835")

GET_CHIPINFO = 0x8044B401  # struct gpiochip_info: name[32], label[32], lines
GET_LINEINFO = 0xC100B405  # struct gpio_v2_line_info: name[32], consumer[32], offset, ...; 256 bytes
GET_LINE = 0xC250B407  # struct gpio_v2_line_request, 592 bytes
SET_CONFIG = 0xC110B40D  # struct gpio_v2_line_config, 272 bytes

USED, INPUT, OUTPUT, EDGE_FALLING = 1 << 0, 1 << 2, 1 << 3, 1 << 5
FLAGS_OF_LINEINFO = 72
MOST_LINES = 58  # the BCM2711 has the most
LINE_CONFIG = struct.Struct("=QI20x240x")
LINE_REQUEST = struct.Struct("=I252x32s272sII20xi")
LINE_EVENT = struct.Struct("=QIIII24x")
EVENT_BUFFER = 128  # the kernel's own 16 would lose most of a frame

DRIVE_LOW = LINE_CONFIG.pack(OUTPUT, 0)  # an output's value is low unless told
OUTPUT_VALUES = 2  # the attribute GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES, with the value and the lines that have it
DRIVE_HIGH = struct.pack("=QI20xI4xQQ216x", OUTPUT, 1, OUTPUT_VALUES, 1, 1)
LISTEN = LINE_CONFIG.pack(INPUT | EDGE_FALLING, 0)

# The sensor answers within 6 ms of its release; one that sends dummy bits takes 9 ms.
ANSWER_SECONDS = 0.015
IDLE_SECONDS = 600
LONGEST_QUESTION = 64


class Problem(Exception):
    """Why nothing was captured, as the line to print."""


def text(field):
    return field.split(b"\0")[0]


def open_header_chip(folder):
    denied = None
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if not name.startswith("gpiochip") or os.path.islink(path):
            continue
        try:
            chip = os.open(path, os.O_RDWR)
        except PermissionError:
            denied = path
            continue
        info = fcntl.ioctl(chip, GET_CHIPINFO, bytes(68))
        if text(info[32:64]) in HEADER_CHIPS:
            return chip, struct.unpack_from("=I", info, 64)[0]
        os.close(chip)
    raise Problem("no-permission " + denied if denied else "no-chip")


def line_info(chip, gpio):
    """Whether something holds the line, and the name that it gave itself."""
    info = fcntl.ioctl(chip, GET_LINEINFO, bytes(64) + struct.pack("=I", gpio) + bytes(188))
    flags = struct.unpack_from("=Q", info, FLAGS_OF_LINEINFO)[0]
    return bool(flags & USED), text(info[32:64]).decode("ascii", "replace")


def used_lines(chip, lines):
    infos = [(gpio, *line_info(chip, gpio)) for gpio in range(min(lines, MOST_LINES))]
    return "\t".join("%d %s" % (gpio, consumer) for gpio, used, consumer in infos if used)


def request_line(chip, gpio, name, config):
    request = LINE_REQUEST.pack(gpio, name, config, 1, EVENT_BUFFER, 0)
    try:
        return struct.unpack_from("=i", fcntl.ioctl(chip, GET_LINE, request), 588)[0]
    except OSError as problem:
        if problem.errno == errno.EBUSY:
            raise Problem("busy " + line_info(chip, gpio)[1]) from None
        raise


def configure(line, config):
    """Configures the line; gives the times before and after, in nanoseconds."""
    before = time.monotonic_ns()
    fcntl.ioctl(line, SET_CONFIG, config)
    return before, time.monotonic_ns()


def capture(line, start_seconds):
    os.set_blocking(line, False)
    # Driving low what is low already changes nothing, and shows how long a change takes. The kernel releases the
    # pin early in the last call and spends most of it on the interrupt, so that call's own end would not tell.
    trials = [configure(line, DRIVE_LOW) for _ in range(2)]
    call = min(after - before for before, after in trials)
    # Asleep, not in a loop: on a busy single core the scheduler then lets the next calls run without interruption,
    # which halves the bits that are lost. What it oversleeps has room, see the caller's pulses.
    time.sleep(start_seconds)
    released, _ = configure(line, LISTEN)
    time.sleep(ANSWER_SECONDS)
    try:
        events = os.read(line, EVENT_BUFFER * LINE_EVENT.size)
    except BlockingIOError:
        events = b""
    return [call] + [event[0] - released for event in LINE_EVENT.iter_unpack(events)]


def check_pin(gpio, lines):
    if gpio >= lines:
        raise Problem("no-such-pin %d" % lines)


def ask(chip, lines, gpio, start_seconds):
    check_pin(gpio, lines)
    line = request_line(chip, gpio, b"sensorpost-dht22", DRIVE_LOW)
    try:
        return capture(line, start_seconds)
    finally:
        os.close(line)


def switch_power(chip, lines, held, gpio, config):
    """Holds the line with this value; `held` are the lines that are held, by pin."""
    check_pin(gpio, lines)
    if gpio in held:
        configure(held[gpio], config)
    else:
        held[gpio] = request_line(chip, gpio, b"sensorpost-power", config)


def parse(question):
    """The word of a question and its numbers; one without a word asks the sensor."""
    word, *rest = question.split()
    if word == b"used":
        return word, []
    gpio, number = map(int, rest if word == b"power" else [word, *rest])
    return (b"power" if word == b"power" else b"ask"), [gpio, number]


def answer_to(word, numbers, held, chip, lines):
    if word == b"used":
        return "used " + used_lines(chip, lines)
    gpio, number = numbers
    if word == b"power":
        switch_power(chip, lines, held, gpio, DRIVE_HIGH if number else DRIVE_LOW)
        return "power"
    return " ".join(map(str, ["edges", *ask(chip, lines, gpio, number / 1e6)]))


def main(folder):
    header = None  # the chip and its number of lines, once found
    held = {}
    while select.select([0], [], [], None if held else IDLE_SECONDS)[0]:
        question = os.read(0, LONGEST_QUESTION)
        if not question:
            break
        try:
            asked = parse(question)
            header = header or open_header_chip(folder)
            answer = answer_to(*asked, held, *header)
        except Problem as problem:
            answer = str(problem)
        except (OSError, ValueError) as problem:
            answer = "error " + str(problem)
        os.write(1, (answer + "\n").encode())


main(sys.argv[1])
