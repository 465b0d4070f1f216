import { inHostConfig, passDevice, type ContainerKind } from '../container';
import { describePin, isHeaderGpio, overlayLine } from '../raspberry-pi-header';
import { OTHER_CHIP } from './access-failures';
import type { KernelDevice } from './kernel-devices';
import type { AttemptFailure } from './types';

/** What the source "Kernel driver" says of a pin that none of the kernel's sensors is proven to be on. */

/**
 * No sensor of the kernel is proven to be on the pin.
 * @param found what the kernel has instead
 * @param container undefined outside of containers, as in all functions here
 */
export function noKernelSensor(
  gpio: number,
  found: readonly KernelDevice[],
  container: ContainerKind | undefined,
): AttemptFailure {
  const pin = describePin(gpio);
  const message =
    found.length === 0
      ? `The kernel driver serves no sensor on ${pin}. To have it, ${inHostConfig(container, overlayLine(gpio))}.`
      : `The kernel driver serves no sensor that is known to be on ${pin}. ${foundInstead(gpio, found, container)}`;
  return { kind: 'no-sensor', message };
}

/** The kernel has several sensors, and it is not clear whether one of them is on the pin. */
export function severalSensors(
  gpio: number,
  found: readonly KernelDevice[],
  container: ContainerKind | undefined,
): AttemptFailure {
  return {
    kind: 'several-sensors',
    message:
      'The kernel driver serves several sensors and none of them is known to be on ' +
      `${describePin(gpio)}. ${foundInstead(gpio, found, container)}`,
  };
}

/** What there is, and what to do. No advice may lead to an error whose advice leads back here. */
function foundInstead(
  gpio: number,
  found: readonly KernelDevice[],
  container: ContainerKind | undefined,
): string {
  const sensors = found.filter(({ isDht }) => isDht);
  const pins = sensors.flatMap((device) => device.gpio ?? []).filter((other) => other !== gpio);
  const isKnown = pins.length === sensors.length;
  return [
    `There is ${found.map(describeDevice).join(', ')}.`,
    ...pins.map((other) => `Choose ${describePin(other)} if your sensor is there.`),
    isKnown
      ? `To have one on ${describePin(gpio)}, ${inHostConfig(container, overlayLine(gpio))}.`
      : `${howPinsAreKnown(container)}${readWithoutDriver(gpio)}`,
  ].join(' ');
}

/** Only the pins of the header can be read so. */
function readWithoutDriver(gpio: number): string {
  return isHeaderGpio(gpio) ? ' A sensor that is none of these is read with the source "GPIO pin".' : '';
}

function describeDevice({ name, sensor, isDht, gpio }: KernelDevice): string {
  const device = sensor === '' ? name : `${name} (${sensor})`;
  if (!isDht) return `${device}, which is not known to be a DHT`;
  return gpio === undefined ? `${device}, whose pin is not known` : `${device} on ${describePin(gpio)}`;
}

/** Docker and others hide all below /sys/firmware, also what is mounted there: their option lifts that. */
function howPinsAreKnown(container: ContainerKind | undefined): string {
  const places = 'Its pin is known where Node-RED can read the device tree (/sys/firmware/devicetree';
  return container === undefined
    ? `${places}) or, with python3, the GPIO chip (its user has to be in the group gpio).`
    : `${places}; with Docker, --security-opt systempaths=unconfined) or, with python3, the GPIO chip. ` +
        `${passDevice(container, '/dev/gpiochip0')} ${OTHER_CHIP}`;
}
