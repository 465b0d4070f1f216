/**
 * What bounds the receiver, which runs on a computer that may have 512 MB of memory and a small card: each of these is a
 * promise about memory or time. How much is stored on the disk is bounded by retention.
 */
import { MAX_FIELDS_PER_SOURCE } from '../store';

const MEGABYTE = 1024 * 1024;

/** The largest request, in bytes: a still of the 12-megapixel camera in its best quality is below 10 MB. */
export const MAX_REQUEST_BYTES = 16 * MEGABYTE;

/**
 * The largest JSON text, in bytes: 50,000 values of history fit. Decoded JSON can take 20 times the memory of its
 * text, so its limit is lower than that of pictures.
 */
export const MAX_JSON_BYTES = 4 * MEGABYTE;

/** How deep JSON may nest: Databoom's template form with history needs 7 levels. */
export const MAX_JSON_DEPTH = 32;

/** Fields of a form, of which one has a meaning. */
export const MAX_FORM_FIELDS = 100;

/** Bytes of all requests that are being received at one time: four of the largest. Further requests are refused. */
export const MAX_PENDING_BYTES = 4 * MAX_REQUEST_BYTES;

/** The same of one client's address: half, so that none keeps all others from posting. */
export const MAX_PENDING_BYTES_PER_ADDRESS = MAX_PENDING_BYTES / 2;

/**
 * Requests whose bodies are being received at one time, and those of one client's address: each has a file open for a
 * picture. Where all devices of a network come from one address, so many may send in the same moment.
 */
export const MAX_BODIES = 100;
export const MAX_BODIES_PER_ADDRESS = MAX_BODIES / 2;

/**
 * A client that sends or takes nothing for so long, in milliseconds, is gone: Wi-Fi that wakes up again takes a few
 * seconds.
 */
export const INACTIVITY_MS = 30_000;

/** One request may take so many times the inactivity limit altogether: 16 MB in 5 minutes is a bad mobile connection. */
export const SLOWEST_REQUEST_FACTOR = 10;

/** After an early answer the rest of a request is received and thrown away for so long at most, in milliseconds. */
export const DISCARD_MS = 5000;

/** Parts of one multipart request: a picture in each of a measurement's fields, and the JSON. */
export const MAX_PARTS = MAX_FIELDS_PER_SOURCE + 1;

/** Header lines of one part, of which three have a meaning, and their bytes, in which a long file name fits. */
export const MAX_PART_HEADERS = 20;
export const MAX_PART_HEADER_BYTES = 8192;

/** Signals in one page of Databoom's list. */
export const DEFAULT_SIGNALS_PER_PAGE = 100;
export const MAX_SIGNALS_PER_PAGE = 1000;

/** Signals of one chart: as many as one graph can show. */
export const MAX_CHART_SIGNALS = 20;

/** Values of one signal in a chart, as Databoom documents it: one for each minute of a week. */
export const MAX_CHART_VALUES = 10_080;

/** Values that one chart reads from the disk, two years of minutes: some seconds on a Raspberry Pi. */
export const MAX_CHART_SCAN = 1_000_000;

/** Charts that are read at the same time: each keeps some megabytes in memory. */
export const MAX_CHARTS = 2;
