import { allowDevice, inHostConfig, installInContainer, passDevice, type ContainerKind } from '../container';
import { describePin, overlayLine } from '../raspberry-pi-header';
import type { AttemptFailure } from './types';

/**
 * What the GPIO pin needs and this process has not got: the chip, the right to it, python3. Each says what to do where
 * Node-RED runs, because a container is given what a computer has.
 */

/** As almost all Raspberry Pis call the chip of their header; docs/containers.md has the exception. */
const USUAL_CHIP = '/dev/gpiochip0';

/** @param container undefined outside of containers, as in all functions here */
export function noChip(gpio: number, container: ContainerKind | undefined): AttemptFailure {
  const message =
    container === undefined
      ? `There is no ${describePin(gpio)} here: this computer has no GPIO chip of a Raspberry Pi ` +
        '(pinctrl-bcm2835, pinctrl-bcm2711 or pinctrl-rp1). To try things out, choose the source "Demo".'
      : `There is no ${describePin(gpio)} in this container: no GPIO chip of a Raspberry Pi was passed in. ` +
        `${passDevice(container, USUAL_CHIP)} ${orKernel(gpio, container)}`;
  return { kind: 'no-chip', message };
}

export function gpioDenied(gpio: number, file: string, container: ContainerKind | undefined): AttemptFailure {
  const advice =
    container === undefined
      ? 'Add its user to the group gpio (sudo usermod -aG gpio USER) and restart Node-RED.'
      : `The file was passed to this container, but not the right to it. ${allowDevice(container, file)}`;
  return {
    kind: 'no-permission',
    message: `Node-RED may not open ${file}, which has ${describePin(gpio)}. ${advice} ${orKernel(gpio, container)}`,
  };
}

export function noPython(gpio: number, container: ContainerKind | undefined): AttemptFailure {
  const install =
    container === undefined
      ? 'install it (sudo apt install python3)'
      : installInContainer(container, 'python3');
  return {
    kind: 'no-python',
    message:
      `Reading ${describePin(gpio)} needs python3, which cannot be started here: ${install}. ` +
      orKernel(gpio, container),
  };
}

function orKernel(gpio: number, container: ContainerKind | undefined): string {
  return `Or, to use the kernel driver, ${inHostConfig(container, overlayLine(gpio))}.`;
}
