/** Temperature and humidity as integers, in tenths of a degree Celsius and of a percent. */
export interface Tenths {
  readonly temperature: number;
  readonly humidity: number;
}

/** Range of the family in tenths: −40 to 125 °C and 0 to 100 %, from its data sheets. */
const COLDEST = -400;
const WARMEST = 1250;
const DAMPEST = 1000;

/** What sensors send that are dying or were never measured: pairs that no working sensor gives indoors or out. */
function isDyingPattern({ temperature, humidity }: Tenths): boolean {
  if (temperature === 0 && (humidity === 0 || (humidity >= 10 && humidity <= 20))) return true;
  return humidity === 10 && (temperature === 10 || temperature === -400);
}

/** Why values cannot be true, in words that follow "The sensor sent"; undefined when they can. */
export function refusal(values: Tenths): string | undefined {
  const { temperature, humidity } = values;
  const said = `${temperature / 10} °C and ${humidity / 10} %`;
  if (temperature < COLDEST || temperature > WARMEST || humidity < 0 || humidity > DAMPEST)
    return `${said}, which is outside its range of −40 to 125 °C and 0 to 100 %`;
  if (isDyingPattern(values)) return `${said}, which is what failing sensors send`;
  return undefined;
}
