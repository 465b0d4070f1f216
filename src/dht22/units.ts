/** Degrees Fahrenheit of degrees Celsius. */
export function toFahrenheit(celsius: number): number {
  return celsius * 1.8 + 32;
}

/**
 * Magnus formula over water with the constants of Sonntag (1990), which the WMO Guide to Instruments and
 * Methods of Observation (WMO-No. 8, annex 4.B) recommends for −45 to 60 °C.
 */
const MAGNUS_FACTOR = 17.62;
const MAGNUS_CELSIUS = 243.12;

/**
 * Dew point in degrees Celsius, from degrees Celsius and relative humidity in percent.
 * Undefined at 0 %: perfectly dry air has none.
 */
export function dewPoint(celsius: number, humidity: number): number | undefined {
  if (humidity <= 0) return undefined;
  const gamma = Math.log(humidity / 100) + (MAGNUS_FACTOR * celsius) / (MAGNUS_CELSIUS + celsius);
  return (MAGNUS_CELSIUS * gamma) / (MAGNUS_FACTOR - gamma);
}
