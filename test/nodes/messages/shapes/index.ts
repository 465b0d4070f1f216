/** Shapes of messages of every kind, for docs/messages.md and its test. */
import { BYTES, LARGE, LISTS, NAMES, TIMES } from './others';
import { LEFT_OUT, LISTS_LEFT_OUT, NESTED_TAKEN, TEXT_KEPT } from './settings';
import type { Chapter } from './shape';
import { TIMES_IN_PAYLOAD } from './times-in-payload';
import { NESTED, NOTHING, NUMBERS, OBJECTS, TEXTS } from './values';

export type { Chapter, Expected, Shape } from './shape';

export const CHAPTERS: readonly Chapter[] = [
  NUMBERS,
  TEXTS,
  TEXT_KEPT,
  OBJECTS,
  NOTHING,
  LEFT_OUT,
  NESTED,
  NESTED_TAKEN,
  BYTES,
  TIMES,
  TIMES_IN_PAYLOAD,
  LISTS,
  LISTS_LEFT_OUT,
  NAMES,
  LARGE,
];
