/** How the payloads of one node are read. The settings of the publish nodes have the same names. */
export interface PayloadOptions {
  /** What becomes of a message with a value that cannot be sent: "error" refuses it, "leftOut" sends the rest. */
  readonly unsendable: 'error' | 'leftOut';
  /** Whether the values in objects and arrays are fields of their own, such as `DHT22.Temperature`. */
  readonly nested: boolean;
  /** Whether text that is a number stays text, where the service takes text. */
  readonly keepText: boolean;
}

/** The options of a new node. */
export const DEFAULT_OPTIONS: PayloadOptions = { unsendable: 'error', nested: false, keepText: false };

/** The options as a node stores them. */
export function readOptions(settings: {
  readonly unsendable: string;
  readonly nested: boolean;
  readonly keepText?: boolean;
}): PayloadOptions {
  const { unsendable, nested, keepText = false } = settings;
  return { unsendable: unsendable === 'leftOut' ? 'leftOut' : 'error', nested, keepText };
}

/** A field that was not sent, and why. */
export interface LeftOut {
  readonly field: string;
  readonly reason: string;
}
