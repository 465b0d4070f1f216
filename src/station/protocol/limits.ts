/** What bounds the sending of answers: each of these is a promise about memory or time. */

const MEGABYTE = 1024 * 1024;

/**
 * Bytes of all answers that are in memory because their clients have not taken them yet: some charts of Databoom's API,
 * the largest answers, or thousands of others.
 */
export const MAX_UNTAKEN_BYTES = 64 * MEGABYTE;

/** The same of one client's address: half, so that none keeps all others from reading. */
export const MAX_UNTAKEN_BYTES_PER_ADDRESS = MAX_UNTAKEN_BYTES / 2;

/** Bytes that are written at a time: who takes fewer in the 30 s of the time limit has less than 5 kbit/s. */
export const PIECE_BYTES = 16_384;
