/** Sensors and devices that are known, and their fields: more than a house has. Those without values do not count. */
export const MAX_SOURCES = 500;

/** Fields of one sensor or device, and of one measurement. */
export const MAX_FIELDS_PER_SOURCE = 100;

/** Fields of all sensors and devices: a list of so many has 400 kB. */
export const MAX_FIELDS = 2500;
