/** The 40-pin header of a Raspberry Pi: what each pin is for, and what it is called. Used in browsers too. */

/** Header pin of each BCM number, from the 40-pin header that every Raspberry Pi since the B+ has. */
const HEADER_PINS: readonly number[] = [
  27, 28, 3, 5, 7, 29, 31, 26, 24, 21, 19, 23, 32, 33, 8, 10, 36, 11, 12, 35, 38, 40, 15, 16, 18, 22, 37, 13,
];

/** What a pin of the header is for. */
export type PinRole = { readonly gpio: number } | { readonly supply: '3.3 V' | '5 V' | 'ground' };

const SUPPLY_PINS: ReadonlyMap<number, '3.3 V' | '5 V'> = new Map([
  [1, '3.3 V'],
  [17, '3.3 V'],
  [2, '5 V'],
  [4, '5 V'],
]);

/** The header: what pin 1 is for, what pin 2 is for, and so on to pin 40. All that is neither GPIO nor power is ground. */
export const HEADER: readonly PinRole[] = Array.from({ length: 40 }, (_, index) => {
  const gpio = HEADER_PINS.indexOf(index + 1);
  return gpio === -1 ? { supply: SUPPLY_PINS.get(index + 1) ?? 'ground' } : { gpio };
});

/** Whether this is a BCM number that the 40-pin header carries (0 to 27). */
export function isHeaderGpio(gpio: number): boolean {
  return HEADER_PINS[gpio] !== undefined;
}

/** The BCM2711, with 58 lines, has the most of all chips whose GPIO the kernel's driver may serve (its data sheet, 5.1). */
const HIGHEST_GPIO = 57;

/** Whether a chip of a Raspberry Pi has this BCM number, be it that only a Compute Module leads it out. */
export function isChipGpio(gpio: number): boolean {
  return Number.isInteger(gpio) && gpio >= 0 && gpio <= HIGHEST_GPIO;
}

/** Both numbers of a pin, as in "GPIO 4 (pin 7)": software counts BCM numbers, people count header pins. */
export function describePin(gpio: number): string {
  const pin = HEADER_PINS[gpio];
  return pin === undefined ? `GPIO ${gpio} (not on the header)` : `GPIO ${gpio} (pin ${pin})`;
}

/** The line for config.txt that binds the kernel's driver to a pin (BCM number). */
export function overlayLine(gpio: number): string {
  return `dtoverlay=dht11,gpiopin=${gpio}`;
}
