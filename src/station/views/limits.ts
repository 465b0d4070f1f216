/** What bounds the views: each of these is a promise about memory, time or room. */

/** Points of one graph: the default is as many as a wide screen shows. */
export const DEFAULT_POINTS = 2000;
export const MAX_POINTS = 4000;

/** Texts or pictures in one list. */
export const DEFAULT_COUNT = 100;
export const MAX_COUNT = 1000;

/**
 * Pages that hear of new measurements at the same time, each with a connection of its own, and those of one client's
 * address. Where a proxy makes one address of all clients, the second is the bound for all.
 */
export const MAX_LISTENERS = 100;
export const MAX_LISTENERS_PER_ADDRESS = MAX_LISTENERS / 2;

/**
 * Downloads under way at the same time, and those of one client's address: each reads the disk as fast as its receiver
 * takes it.
 */
export const MAX_DOWNLOADS = 8;
export const MAX_DOWNLOADS_PER_ADDRESS = MAX_DOWNLOADS / 2;

/**
 * Pictures and thumbnails that are being sent, and those to one client's address: each has a file open, of the 1,024 that
 * a process may have on many systems. A browser asks for 6 at a time, and through a proxy with HTTP/2 for more.
 */
export const MAX_OPEN_PICTURES = 200;
export const MAX_OPEN_PICTURES_PER_ADDRESS = MAX_OPEN_PICTURES / 2;

/** Thumbnails that are stored: about 15 kB each. */
export const MAX_THUMBNAILS = 2000;

/** Thumbnails that wait to be made, one at a time; further ones are shown as the full picture. */
export const MAX_WAITING_THUMBNAILS = 100;

/** Headers of pictures that are remembered: some 100 kB of memory. */
export const MAX_KNOWN_HEADERS = 2000;

/**
 * Pixels of a picture that is shown in full where there is no thumbnail of it: a viewer needs 4 bytes for each, and a
 * gallery shows several. The usual cameras of a Raspberry Pi have 12 million.
 */
export const MAX_PIXELS_UNSHRUNK = 16_000_000;

/**
 * Pixels of a picture of which a thumbnail is made, and that is shown in full without a question: the largest camera of a
 * Raspberry Pi has 64 million.
 */
export const MAX_PIXELS = 70_000_000;

/**
 * Bytes that a decoder may have to hold at once for a thumbnail, as the picture's header tells. That is enough for the 12
 * million pixels of the usual cameras as a progressive JPEG with the usual subsampling, and as an interlaced PNG. The
 * process takes half as much again at most, beside some 70 MB of its own: docs/measured.md.
 */
export const MAX_HELD_BYTES = 64 * 2 ** 20;

/**
 * Bytes that the process that makes thumbnails may take beyond those that it has when its library is loaded. It is twice
 * what the largest picture within the other bounds takes, and ends the process where those fail.
 */
export const MAX_SHRINK_BYTES = 192 * 2 ** 20;

/**
 * For how long a browser shows a picture without asking whether it is still kept, in milliseconds, where the station keeps
 * it for longer: a day, because pictures are also deleted for room.
 */
export const MAX_CACHED_MS = 86_400_000;
