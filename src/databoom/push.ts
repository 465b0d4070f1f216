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

/** The values of a push: current ones share the push's time, those of the past have each their own. */
export type PushContent =
  | { readonly kind: 'current'; readonly signals: ReadonlyMap<string, SignalValue> }
  | { readonly kind: 'history'; readonly signals: ReadonlyMap<string, SignalHistory> };

/** What one request carries. */
export interface Push {
  readonly target: DataboomTarget;
  /** Milliseconds since 1970: when current values were taken, or a history was put together. */
  readonly timestamp: number;
  readonly content: PushContent;
}
