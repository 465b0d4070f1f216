/** What bounds the readings that are shown before they are stored: each is a promise about memory. */

/** Values of one series in one place, the newest: more than a graph of an hour has. */
export const MAX_VALUES_PER_SERIES = 1000;

/** Values of all places together, about 2 MB: what comes beyond is not shown before it is stored. */
export const MAX_VALUES = 20_000;
