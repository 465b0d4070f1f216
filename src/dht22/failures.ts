import { describePin, overlayLine } from '../raspberry-pi-header';
import type { FrameFailure } from './frame';
import type { AttemptFailure, Reading } from './types';

/**
 * What each failure says, and what to do about it. Every message names the pin by both its numbers, because
 * mixing them up is the commonest wiring mistake.
 */

const WIRING =
  'Check that its data wire is on that pin, that it has 3.3 V and ground, and that a 4.7 to 10 kΩ pull-up resistor ' +
  'is fitted (many modules carry one)';

function kernelWay(gpio: number): string {
  return `add the line ${overlayLine(gpio)} to /boot/firmware/config.txt (/boot/config.txt on older systems) and restart`;
}

export function noAnswer(gpio: number): AttemptFailure {
  return { kind: 'no-answer', message: `The sensor on ${describePin(gpio)} does not answer. ${WIRING}.` };
}

export function driverTimedOut(gpio: number): AttemptFailure {
  return {
    kind: 'no-answer',
    message: `The kernel driver got no complete answer from the sensor on ${describePin(gpio)}. ${WIRING}.`,
  };
}

export function driverCorrupt(gpio: number): AttemptFailure {
  return {
    kind: 'corrupt-frame',
    message:
      `The kernel driver received a corrupt frame from the sensor on ${describePin(gpio)}. ` +
      'A long or unshielded wire or a weak pull-up resistor causes this.',
  };
}

export function coarseClock(gpio: number): AttemptFailure {
  return {
    kind: 'coarse-clock',
    message:
      `The kernel driver cannot read the sensor on ${describePin(gpio)}: ` +
      'the clock of this computer is too coarse (EAGAIN).',
  };
}

export function driverFailed(gpio: number, code: string): AttemptFailure {
  return {
    kind: 'driver-failed',
    message: `Reading the kernel driver for ${describePin(gpio)} failed: ${code}.`,
  };
}

export function driverDenied(gpio: number, file: string): AttemptFailure {
  return {
    kind: 'no-permission',
    message: `Node-RED may not read ${file} (kernel driver for ${describePin(gpio)}).`,
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
    message: `${describePin(gpio)} does not exist here. Choose a GPIO of the header: 0 to 27, the BCM number.`,
  };
}

const FRAME_ADVICE = 'A long or unshielded wire, a weak pull-up resistor or a busy computer causes this.';
const WHOLE_FRAME_EDGES = 41;

/** What was captured instead of a good frame. */
export function badFrame(gpio: number, { kind, message, edges }: FrameFailure): AttemptFailure {
  if (kind === 'no-answer') return noAnswer(gpio);
  const seen = `${edges} of ${WHOLE_FRAME_EDGES} edges`;
  return {
    kind,
    message: `The sensor on ${describePin(gpio)} sent a bad frame (${seen}): ${message}. ${FRAME_ADVICE}`,
  };
}

/** The chip has only so many lines. */
export function noSuchLine(gpio: number, lines: string): AttemptFailure {
  return {
    kind: 'no-such-pin',
    message: `${describePin(gpio)} does not exist here: the GPIO chip of this computer has ${lines} lines.`,
  };
}

/** `consumer` is the name that the holder gave itself; it may be empty. */
export function gpioBusy(gpio: number, consumer: string): AttemptFailure {
  const holder = consumer === '' ? 'something that gives no name' : JSON.stringify(consumer);
  return {
    kind: 'busy',
    message:
      `${describePin(gpio)} is in use by ${holder}. ` +
      'End that program, or remove its dtoverlay line from config.txt and restart (1-Wire takes GPIO 4, SPI GPIO 7 to 11). ' +
      'If it is the dht11 driver, choose the source "Kernel driver".',
  };
}

export function helperFailed(gpio: number, reason: string): AttemptFailure {
  return {
    kind: 'helper-failed',
    message: `Reading ${describePin(gpio)} failed in the helper program: ${reason}. It needs Linux 5.10 or later.`,
  };
}

/** No kernel device serves the pin; `others` are the pins (if known) that the driver does serve. */
export function noKernelSensor(gpio: number, others: readonly (number | undefined)[]): AttemptFailure {
  const serves =
    others.length === 0 ? '' : ` It serves ${others.map(describeOther).join(', ')}: is the pin right?`;
  return {
    kind: 'no-sensor',
    message: `The kernel driver serves no sensor on ${describePin(gpio)}.${serves} To have it, ${kernelWay(gpio)}.`,
  };
}

function describeOther(gpio: number | undefined): string {
  return gpio === undefined ? 'a pin it does not tell' : describePin(gpio);
}

export function severalSensors(gpio: number, devices: readonly string[]): AttemptFailure {
  return {
    kind: 'several-sensors',
    message:
      `The kernel driver serves several sensors and none of them is known to be on ${describePin(gpio)}: ` +
      `${devices.join(', ')}. Leave only one of them, or choose the source "GPIO pin".`,
  };
}

export const CANCELLED: AttemptFailure = { kind: 'cancelled', message: 'The reading was cancelled.' };
