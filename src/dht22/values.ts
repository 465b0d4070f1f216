/** Temperature and humidity as integers, in tenths of a degree Celsius and of a percent. */
export interface Tenths {
  readonly temperature: number;
  readonly humidity: number;
}

/** The two ways in which the family packs its values into a frame. */
export type Packing = 'dht22' | 'dht11';

/** Range of the family in tenths: −40 to 125 °C and 0 to 100 %, from its data sheets. */
const COLDEST = -400;
const WARMEST = 1250;
const DAMPEST = 1000;

/** Below zero, sign and magnitude as well as two's complement are accepted down to −50 °C. */
const MOST_BELOW_ZERO = 500;
const LOWEST_12_BITS = 0x0e00;
const HIGHEST_12_BITS = 0x0fff;

/**
 * The packing of a frame: a DHT22's first byte is at most 3 (100 % is 0x03E8), a DHT11's is its whole percents, of
 * which it measures at least 5 (at least 20 in older data sheets).
 */
export function packingOf(bytes: readonly number[]): Packing {
  return (bytes[0] ?? 0) <= 3 ? 'dht22' : 'dht11';
}

/** What a frame's five bytes say; bytes that mean nothing give values that `rejectionReason` rejects. */
export function unpack(bytes: readonly number[], packing: Packing): Tenths {
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  if (packing === 'dht22') return { humidity: a * 256 + b, temperature: signedTenths(c * 256 + d) };
  // Whole numbers and tenths; later DHT11 have tenths at all and the sign in the last byte's highest bit.
  const tenths = d & 0x7f;
  return {
    humidity: b > 9 ? Number.NaN : a * 10 + b,
    temperature: tenths > 9 ? Number.NaN : (c * 10 + tenths) * (d & 0x80 ? -1 : 1),
  };
}

/** The sensor sends sign and magnitude; clones send two's complement of 16 or 12 bits, told apart by which value is possible. */
function signedTenths(raw: number): number {
  if (raw >= LOWEST_12_BITS && raw <= HIGHEST_12_BITS) return raw - 0x1000;
  if (raw < 0x8000) return raw;
  const magnitude = raw - 0x8000;
  if (magnitude <= MOST_BELOW_ZERO) return 0 - magnitude;
  const complement = 0x10000 - raw;
  return complement <= MOST_BELOW_ZERO ? -complement : Number.NaN;
}

/**
 * The kernel's driver takes a clone's two's complement for sign and magnitude; its impossible numbers tell which of the
 * two widths it was. Both in tenths of a degree Celsius.
 */
export function repairDriverTemperature(temperature: number): number {
  if (temperature < -1000) return -(32_768 + temperature);
  return temperature >= LOWEST_12_BITS && temperature <= HIGHEST_12_BITS ? temperature - 0x1000 : temperature;
}

/** How each model packs its values, and what it is called. */
const PACKINGS = { dht22: 'dht22', dht11: 'dht11', si7021: 'dht22' } as const;
const NAMES = { dht22: 'DHT22', dht11: 'DHT11', si7021: 'Si7021' } as const;

/**
 * Why a frame is not one of the chosen model, in words that follow "The sensor sent"; undefined when it may be. Each
 * model's frames have a meaning as the other's, and 588 in 188,501 of a DHT22 a possible one: so the first byte decides.
 */
export function modelMismatch(
  bytes: readonly number[],
  model: 'auto' | Packing | 'si7021',
): string | undefined {
  const sent = packingOf(bytes);
  if (model === 'auto' || PACKINGS[model] === sent) return undefined;
  const [chosen, likely] = [NAMES[model], NAMES[sent]];
  const values = unpack(bytes, sent);
  const meaning = outOfRange(values) === undefined ? ` (${inWords(values)})` : '';
  return (
    `a frame as a ${likely} sends it${meaning}, but the model is set to ${chosen}. ` +
    `If the sensor is a ${likely}, set that, or let the node find out the model`
  );
}

/** Why values cannot be true, in words that follow "The sensor sent"; undefined when they can. */
export function rejectionReason(values: Tenths): string | undefined {
  if (isFailingPattern(values)) return `${inWords(values)}, which is what failing sensors send`;
  return outOfRange(values);
}

function outOfRange({ temperature, humidity }: Tenths): string | undefined {
  const wrong: string[] = [];
  if (Number.isNaN(temperature)) wrong.push('a frame that means no temperature');
  else if (temperature < COLDEST || temperature > WARMEST)
    wrong.push(`a temperature of ${temperature / 10} °C, which is outside its range of −40 to 125 °C`);
  if (Number.isNaN(humidity)) wrong.push('a frame that means no humidity');
  else if (humidity < 0 || humidity > DAMPEST)
    wrong.push(`a humidity of ${humidity / 10} %, which is outside its range of 0 to 100 %`);
  return wrong.length === 0 ? undefined : wrong.join(' and ');
}

/** The two values in words. */
export function inWords({ temperature, humidity }: Tenths): string {
  return `${temperature / 10} °C and ${humidity / 10} %`;
}

/** What sensors send that are failing or have measured nothing: pairs that no working one sends. */
function isFailingPattern({ temperature, humidity }: Tenths): boolean {
  if (temperature === 0 && (humidity === 0 || (humidity >= 10 && humidity <= 20))) return true;
  return humidity === 10 && (temperature === 10 || temperature === -400);
}
