/** The shapes of what Databoom takes, before they are encoded. */

/** A signal's value. */
export type SignalValue = number | string | boolean;

/** A device that is in Databoom, or one that creates itself from an HTTP template. */
export type DataboomTarget =
  | { readonly device: string }
  | { readonly template: string; readonly unique: string };

/** A value of the past. */
export interface TimedValue {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly value: SignalValue;
}

/** A signal's values of the past, in the order given. */
export interface SignalHistory {
  readonly description?: string;
  readonly values: readonly TimedValue[];
}

/** What Databoom takes of a signal at its first communication, which validates it; every part is optional. */
export interface SignalMeta {
  readonly description?: string;
  /** The description of one of Databoom's types of signals. */
  readonly type?: string;
  readonly unit?: string;
  readonly tags?: readonly string[];
  /** `active`: the signal is a counter. `is_a_sum`: each value is what came since the last one, else the total. */
  readonly accumulator?: { readonly active: boolean; readonly is_a_sum: boolean };
}

/**
 * The values of a push: current ones share the push's time, those of the past have each their own. `metas` are of signals
 * that communicate for the first time; they are not kept with a push.
 */
export type PushContent =
  | {
      readonly kind: 'current';
      readonly signals: ReadonlyMap<string, SignalValue>;
      readonly metas?: ReadonlyMap<string, SignalMeta>;
    }
  | { readonly kind: 'history'; readonly signals: ReadonlyMap<string, SignalHistory> };

/** What one request carries. */
export interface Push {
  readonly target: DataboomTarget;
  /** Milliseconds since 1970: when current values were taken, or a history was put together. */
  readonly timestamp: number;
  readonly content: PushContent;
}
