/** What bounds a post: each of these is a promise about memory or time. */

/** Characters of a text value. */
export const MAX_TEXT_LENGTH = 1000;

/** Values in one Databoom push: what the largest JSON text can hold, for pushes that do not come as JSON text. */
export const MAX_VALUES_PER_PUSH = 100_000;

/** Devices in one push of the template form. */
export const MAX_DEVICES_PER_PUSH = 100;

/** Characters of a signal's description and of its unit. */
export const MAX_META_LENGTH = 200;
