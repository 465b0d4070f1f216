/**
 * What bounds the station. It keeps everything in memory, on a computer that may have 512 MB of it, so each of these
 * is a promise about memory or time. At the very most, numbers take about 60 MB, texts 50 MB and pictures 64 MB.
 */

const MEGABYTE = 1024 * 1024;

/** The largest request, in bytes: a still of the 12-megapixel camera in its best quality is below 10 MB. */
export const MAX_REQUEST_BYTES = 16 * MEGABYTE;

/**
 * The largest JSON text, in bytes: 50,000 values of history fit. Decoded JSON can take 20 times the memory of its
 * text, so it cannot have what a picture may have.
 */
export const MAX_JSON_BYTES = 4 * MEGABYTE;

/** How deep JSON may nest: Databoom's template form with history needs 7 levels. */
export const MAX_JSON_DEPTH = 32;

/** Bytes of all requests that are being received at one time: four of the largest. More is asked to come later. */
export const MAX_PENDING_BYTES = 4 * MAX_REQUEST_BYTES;

/** A sender that is silent for so long, in milliseconds, is gone: Wi-Fi that wakes up again takes a few seconds. */
export const INACTIVITY_MS = 30_000;

/** One request may take so many times the inactivity limit altogether: 16 MB in 5 minutes is a bad mobile connection. */
export const SLOWEST_REQUEST_FACTOR = 10;

/** After an early answer the rest of a request is received and thrown away for so long at most, in milliseconds. */
export const DISCARD_MS = 5000;

/** Characters in the name of a sensor, device, field or signal: two UUIDs fit twice. */
export const MAX_NAME_LENGTH = 200;

/** Characters of a text value. */
export const MAX_TEXT_LENGTH = 1000;

/** Sensors and devices that have readings: more than a house has. Beyond it, the one that was silent longest goes. */
export const MAX_SOURCES = 100;

/** Fields of one sensor or device, and of one measurement. Beyond it, the field that was silent longest goes. */
export const MAX_FIELDS_PER_SOURCE = 100;

/** Fields of all sensors and devices: with 1,440 values of 16 bytes each they take 58 MB. */
export const MAX_FIELDS = 2500;

/** Numbers kept per field: a day at one a minute. */
export const VALUES_PER_FIELD = 1440;

/** Texts kept per field: only the newest is shown, and a text may be long. */
export const TEXTS_PER_FIELD = 10;

/** Pictures kept per field: four hours at one every ten minutes. */
export const IMAGES_PER_FIELD = 24;

/** Bytes of all pictures; beyond it, the one that came first goes. */
export const MAX_IMAGE_BYTES = 64 * MEGABYTE;

/** Pictures altogether, because tiny ones would never reach the limit in bytes. */
export const MAX_IMAGES = 1000;

/** Values in one Databoom push: what the largest JSON text can hold, for pushes that come without one. */
export const MAX_VALUES_PER_PUSH = 100_000;

/** Devices in one push of the template form. */
export const MAX_DEVICES_PER_PUSH = 100;

/** Parts of one multipart request: a picture in each of a measurement's fields, and the JSON. */
export const MAX_PARTS = MAX_FIELDS_PER_SOURCE + 1;

/** Header lines of one part, of which three have a meaning, and their bytes, in which a long file name fits. */
export const MAX_PART_HEADERS = 20;
export const MAX_PART_HEADER_BYTES = 8192;

/** Graphs on one page: it is drawn anew every few seconds for each viewer. Further fields show their value only. */
export const GRAPHS_PER_PAGE = 200;
