import { describePin, isHeaderGpio, overlayLine } from '../raspberry-pi-header';
import type { FrameFailure } from './frame';
import { isDhtDriver } from './kernel-devices';
import type { AttemptFailure, Reading } from './types';

/**
 * What each failure says, and what to do about it. Every message names the pin by both its numbers, because
 * mixing them up is the commonest wiring mistake.
 */

const WIRING =
  'Check that its data wire is on that pin, that it has 3.3 V and ground, and that a 4.7 to 10 kΩ pull-up resistor ' +
  'is fitted (many modules carry one)';

export function noAnswer(gpio: number): AttemptFailure {
  return { kind: 'no-answer', message: `The sensor on ${describePin(gpio)} does not answer. ${WIRING}.` };
}

export function driverTimedOut(gpio: number): AttemptFailure {
  return {
    kind: 'no-answer',
    message: `The kernel driver got no complete answer from the sensor on ${describePin(gpio)}. ${WIRING}.`,
  };
}

/** The first Linux whose driver understands a DHT11 that sends tenths. */
const KERNEL_WITH_TENTHS = { major: 6, minor: 13 };

/** @param kernelRelease such as `6.1.21-v8+`; undefined where the sensor is known to be no DHT11 */
export function driverCorrupt(gpio: number, kernelRelease: string | undefined): AttemptFailure {
  const dht11 =
    kernelRelease === undefined
      ? ''
      : ` ${unreadByDriver(kernelRelease)}: if it is one, remove the line ${overlayLine(gpio)} from config.txt, ` +
        'restart, and choose the source "GPIO pin" or "automatic".';
  return {
    kind: 'corrupt-frame',
    message:
      `The kernel driver received a corrupt frame from the sensor on ${describePin(gpio)}. ` +
      `A long or unshielded wire or a weak pull-up resistor causes this.${dht11}`,
  };
}

function unreadByDriver(kernelRelease: string): string {
  const [major = 0, minor = 0] = kernelRelease.split('.').map((part) => Number.parseInt(part, 10));
  const isOld =
    major < KERNEL_WITH_TENTHS.major ||
    (major === KERNEL_WITH_TENTHS.major && minor < KERNEL_WITH_TENTHS.minor);
  return isOld
    ? `The driver of this Linux (${kernelRelease}) never understands a DHT11 that sends tenths (6.13 and later do)`
    : 'The driver never understands a DHT11 below zero, or one whose checksum leaves out the tenths';
}

/** A failure of the driver that may last for ever, while it holds the pin. */
export function heldByDriver({ kind, message }: AttemptFailure): AttemptFailure {
  return {
    kind,
    message: `${message} Meanwhile the driver holds the pin, so that nothing else can read it.`,
  };
}

/** The driver wants a clock with steps below 34 µs (drivers/iio/humidity/dht11.c), which every Raspberry Pi has. */
export function coarseClock(gpio: number): AttemptFailure {
  return {
    kind: 'coarse-clock',
    message:
      `The kernel driver cannot read the sensor on ${describePin(gpio)}: ` +
      'the clock of this computer is too coarse (EAGAIN). Restart it. Where it says so again, it runs a kernel of ' +
      'another kind than those for Raspberry Pis, or with a clock that was chosen at its start: remove clocksource= from ' +
      'cmdline.txt, or install the kernel of Raspberry Pi OS.',
  };
}

export function driverFailed(gpio: number, code: string): AttemptFailure {
  return {
    kind: 'driver-failed',
    message:
      `Reading the kernel driver for ${describePin(gpio)} failed: ${code}. ` +
      `Restart the machine. Where it fails again, sudo dmesg there shows what the driver says${withoutDriver(gpio)}`,
  };
}

/** Only the pins of the header can be read without the driver. */
function withoutDriver(gpio: number): string {
  return isHeaderGpio(gpio)
    ? `; or remove the line ${overlayLine(gpio)} from config.txt, restart, and choose the source "GPIO pin".`
    : '.';
}

export function driverDenied(gpio: number, file: string): AttemptFailure {
  return {
    kind: 'no-permission',
    message:
      `Node-RED may not read ${file} (kernel driver for ${describePin(gpio)}), which everyone may as a rule. ` +
      `A rule of udev or of what runs Node-RED (systemd, AppArmor, a container) forbids it: sudo chmod a+r ${file}, ` +
      `in a container on its host, allows it until the next restart${withoutDriver(gpio)}`,
  };
}

export function implausible(gpio: number, reason: string): AttemptFailure {
  return { kind: 'implausible', message: `The sensor on ${describePin(gpio)} sent ${reason}.` };
}

/** The temperature is possible, and the humidity next to none. */
export function deadHumidity(
  gpio: number,
  { temperature, humidity }: Pick<Reading, 'temperature' | 'humidity'>,
): AttemptFailure {
  return {
    kind: 'no-humidity',
    message:
      `The sensor on ${describePin(gpio)} sent ${temperature} °C and ${humidity} %: so little humidity beside a ` +
      'possible temperature comes from a sensor whose humidity element has failed. Replace the sensor; or, where the ' +
      'air really is that dry, say so in the node ("Very dry").',
  };
}

export function noSuchPin(gpio: number): AttemptFailure {
  return {
    kind: 'no-such-pin',
    message: `${describePin(gpio)} does not exist here. Choose a GPIO of the header: 0 to 27, the BCM number; the kernel driver of a Compute Module has more.`,
  };
}

const FRAME_ADVICE = 'A long or unshielded wire, a weak pull-up resistor or a busy computer causes this.';
const WHOLE_FRAME_EDGES = 41;
/** AM2301 send 24 more bits, which mean nothing. */
const EDGES_WITH_DUMMIES = 65;

/** What was captured instead of a good frame. */
export function badFrame(gpio: number, { kind, message, edges }: FrameFailure): AttemptFailure {
  if (kind === 'no-answer') return noAnswer(gpio);
  return {
    kind,
    message: `The sensor on ${describePin(gpio)} sent a bad frame${countOf(edges)}: ${message}. ${FRAME_ADVICE}`,
  };
}

/** A DHT22 may send such a frame when it is damaged, so that only the user can say that it is a DHT11. */
export function shortChecksumOf(gpio: number): AttemptFailure {
  return {
    kind: 'checksum',
    message:
      `The checksum of the sensor on ${describePin(gpio)} is wrong, but holds without the tenths, as with some DHT11. ` +
      `If it is one, choose the sensor "DHT11". ${FRAME_ADVICE}`,
  };
}

/** The number of edges where it is not that of a frame, with or without dummy bits. */
function countOf(edges: number): string {
  if (edges < WHOLE_FRAME_EDGES) return ` (${edges} of ${WHOLE_FRAME_EDGES} edges)`;
  if (edges === WHOLE_FRAME_EDGES || edges === EDGES_WITH_DUMMIES) return '';
  return ` (${edges} edges instead of ${WHOLE_FRAME_EDGES})`;
}

/** The chip has only so many lines. */
export function noSuchLine(gpio: number, lines: string): AttemptFailure {
  return {
    kind: 'no-such-pin',
    message: `${describePin(gpio)} does not exist here: the GPIO chip of this computer has ${lines} lines.`,
  };
}

/** The names under which the helpers of this package hold a pin (gpio_capture.py). */
export const READ_BY_US = 'sensorpost-dht22';
export const FED_BY_US = 'sensorpost-power';

/** `consumer` is the name that the holder gave itself; it may be empty. */
export function gpioBusy(gpio: number, consumer: string): AttemptFailure {
  if (consumer === FED_BY_US)
    return {
      kind: 'busy',
      message:
        `${describePin(gpio)} feeds the sensor of another node as its power pin. ` +
        'Choose another pin here, or another power pin there.',
    };
  const advice = isDhtDriver(consumer)
    ? 'This is the kernel driver: choose the source "Kernel driver" or "automatic", ' +
      'or remove its dtoverlay line from config.txt and restart.'
    : END_THE_HOLDER;
  return { kind: 'busy', message: `${inUseBy(gpio, consumer)} ${advice}` };
}

/** A pin that is to feed a sensor: a sensor may be read there, or another Node-RED feeds its own from it. */
export function powerPinBusy(gpio: number, consumer: string): AttemptFailure {
  const pin = describePin(gpio);
  const ours: Readonly<Record<string, string>> = {
    [READ_BY_US]: `Another node reads its sensor on ${pin}. Choose another power pin.`,
    [FED_BY_US]: `Another Node-RED feeds its sensor from ${pin}, and only it can switch that. Choose another power pin.`,
  };
  const advice = isDhtDriver(consumer)
    ? 'This is the kernel driver, which reads a sensor there: choose another power pin.'
    : `Choose another power pin. Or: ${END_THE_HOLDER}`;
  return { kind: 'busy', message: ours[consumer] ?? `${inUseBy(gpio, consumer)} ${advice}` };
}

const END_THE_HOLDER =
  'End that program, or remove its dtoverlay line from config.txt and restart ' +
  '(1-Wire takes GPIO 4, SPI GPIO 7 to 11).';

function inUseBy(gpio: number, consumer: string): string {
  const holder = consumer === '' ? 'something that gives no name' : JSON.stringify(consumer);
  return `${describePin(gpio)} is in use by ${holder}.`;
}

export function helperFailed(gpio: number, reason: string): AttemptFailure {
  return {
    kind: 'helper-failed',
    message: `The helper program failed with ${describePin(gpio)}: ${reason}. It needs Linux 5.10 or later.`,
  };
}

export const CANCELLED: AttemptFailure = { kind: 'cancelled', message: 'The reading was cancelled.' };
