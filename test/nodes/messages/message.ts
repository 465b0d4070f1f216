/** Messages as flows send them to the publish nodes. */

/** A message, and what it is called in docs/messages.md. */
export interface Message {
  readonly name: string;
  readonly payload: unknown;
  readonly topic?: string;
  readonly timestamp?: unknown;
}

/** A value that a service may get. */
export type Value = number | string | boolean;

/** A message of a system that people have at home, and what they expect to see of it. */
export interface SystemMessage extends Message {
  /**
   * Fields that a user looks for, by their names with nested values taken. Senio gets the numbers of them, and Databoom
   * all.
   */
  readonly expected: Readonly<Record<string, Value>>;
  /** When it was taken, in milliseconds since 1970, where the payload says so itself. */
  readonly at?: number;
}

/** A system, and some of its messages. */
export interface System {
  readonly name: string;
  /** Where its messages come from, and where its format is described. */
  readonly about: string;
  readonly messages: readonly SystemMessage[];
}

/** When all of these messages are sent: 2026-05-01T12:00:00Z, in milliseconds since 1970. */
export const NOW = Date.UTC(2026, 4, 1, 12);

/** A message whose payload is an object, from the JSON text that goes over MQTT. */
export function jsonMessage(
  name: string,
  json: string,
  expected: SystemMessage['expected'],
  more: { readonly at?: number } = {},
): SystemMessage {
  return { name, payload: JSON.parse(json), expected, ...more };
}

/** A message whose payload is text, as it goes over MQTT, at a topic whose name the value gets. */
export function textMessage(
  name: string,
  topic: string,
  payload: string,
  expected: SystemMessage['expected'],
): SystemMessage {
  return { name, payload, topic, expected };
}
