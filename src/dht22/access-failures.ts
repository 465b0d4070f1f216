import { allowDevice, inHostConfig, installInContainer, passDevice, type ContainerKind } from '../container';
import { describePin, overlayLine } from '../raspberry-pi-header';
import type { AttemptFailure } from './types';

/**
 * What the GPIO pin needs and this process has not got: the chip, the right to it, python3. Each says what to do where
 * Node-RED runs, because a container is given what a computer has.
 */

/** As almost all Raspberry Pis call the chip of their header, and what the first systems of the Raspberry Pi 5 call it. */
const USUAL_CHIP = '/dev/gpiochip0';
export const OTHER_CHIP = 'On a Raspberry Pi 5 with an older system the chip is /dev/gpiochip4.';

/** @param container undefined outside of containers, as in all functions here */
export function noChip(gpio: number, container: ContainerKind | undefined): AttemptFailure {
  const message =
    container === undefined
      ? `There is no ${describePin(gpio)} here: this computer has no GPIO chip of a Raspberry Pi ` +
        '(pinctrl-bcm2835, pinctrl-bcm2711 or pinctrl-rp1). To try things out, choose the source "Demo".'
      : `There is no ${describePin(gpio)} in this container: no GPIO chip of a Raspberry Pi was passed in. ` +
        `${passDevice(container, USUAL_CHIP)} ${OTHER_CHIP}`;
  return { kind: 'no-chip', message };
}

export function gpioDenied(gpio: number, file: string, container: ContainerKind | undefined): AttemptFailure {
  const advice =
    container === undefined
      ? 'Add its user to the group gpio (sudo usermod -aG gpio USER) and restart Node-RED.'
      : `The file was passed to this container, but not the right to it. ${allowDevice(container, file)}`;
  return {
    kind: 'no-permission',
    message: `Node-RED may not open ${file}, which has ${describePin(gpio)}. ${advice}`,
  };
}

export function noPython(gpio: number, container: ContainerKind | undefined): AttemptFailure {
  const install =
    container === undefined
      ? 'install it (sudo apt install python3)'
      : installInContainer(container, 'python3');
  return {
    kind: 'no-python',
    message: `${describePin(gpio)} needs python3, which cannot be started here: ${install}.`,
  };
}

/** A failure to reach the pin, with the other way to read a sensor on it, where the computer may have that. */
export function orByDriver(
  { container }: { readonly container: ContainerKind | undefined },
  gpio: number,
  { kind, message }: AttemptFailure,
): AttemptFailure {
  const isThere = kind === 'no-permission' || kind === 'no-python';
  const mayBeThere = kind === 'no-chip' && container !== undefined;
  if (!isThere && !mayBeThere) return { kind, message };
  return {
    kind,
    message: `${message} Or, to use the kernel driver, ${inHostConfig(container, overlayLine(gpio))}.`,
  };
}
