/**
 * What bounds the station, which runs on a computer that may have 512 MB of memory and a small card: each of these is a
 * promise about memory, time or room. How much is kept on the disk is bounded by its retention.
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

/** A client that is silent for so long, in milliseconds, is gone: Wi-Fi that wakes up again takes a few seconds. */
export const INACTIVITY_MS = 30_000;

/** One request may take so many times the inactivity limit altogether: 16 MB in 5 minutes is a bad mobile connection. */
export const SLOWEST_REQUEST_FACTOR = 10;

/** After an early answer the rest of a request is received and thrown away for so long at most, in milliseconds. */
export const DISCARD_MS = 5000;

/** Characters in the name of a sensor, device, field or signal: two UUIDs fit twice. */
export const MAX_NAME_LENGTH = 200;

/** Characters of a text value. */
export const MAX_TEXT_LENGTH = 1000;

/** Sensors and devices that are known, and their fields: more than a house has. Those without values do not count. */
export const MAX_SOURCES = 500;

/** Fields of one sensor or device, and of one measurement. */
export const MAX_FIELDS_PER_SOURCE = 100;

/** Fields of all sensors and devices: a list of so many has 400 kB. */
export const MAX_FIELDS = 2500;

/** Values in one Databoom push: what the largest JSON text can hold, for pushes that come without one. */
export const MAX_VALUES_PER_PUSH = 100_000;

/** Devices in one push of the template form. */
export const MAX_DEVICES_PER_PUSH = 100;

/** Parts of one multipart request: a picture in each of a measurement's fields, and the JSON. */
export const MAX_PARTS = MAX_FIELDS_PER_SOURCE + 1;

/** Header lines of one part, of which three have a meaning, and their bytes, in which a long file name fits. */
export const MAX_PART_HEADERS = 20;
export const MAX_PART_HEADER_BYTES = 8192;

/** Points of one graph: the default is as many as a wide screen shows. */
export const DEFAULT_POINTS = 2000;
export const MAX_POINTS = 4000;

/** Texts or pictures in one list. */
export const DEFAULT_COUNT = 100;
export const MAX_COUNT = 1000;

/** Pages that hear of new measurements at the same time, each with a connection of its own. */
export const MAX_LISTENERS = 50;

/** Downloads under way at the same time: each reads the disk as fast as its receiver takes it. */
export const MAX_DOWNLOADS = 4;

/** Thumbnails that are kept: about 15 kB each. */
export const MAX_THUMBNAILS = 2000;

/** Thumbnails that wait to be made, one at a time; further ones are shown as the full picture. */
export const MAX_WAITING_THUMBNAILS = 100;

/** Pixels of a picture of which a thumbnail is made: the largest camera of a Raspberry Pi has 64 million. */
export const MAX_PIXELS = 70_000_000;
