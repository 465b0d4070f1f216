/** After which silence the line of a field breaks: what a person chose, which this browser remembers. */
import type { GapRule } from '../station/views/api';
import type { FieldId } from './api';
import { Emitter } from './emitter';

const KEY = 'sensorpost-gaps';

/** Choices that are remembered; beyond these the oldest is forgotten. */
const MOST_CHOICES = 500;

/** Where choices are kept: a part of the browser's `localStorage`, any call of which throws where it is forbidden. */
export type Memory = Pick<Storage, 'getItem' | 'setItem'>;

export class GapSettings {
  /** A choice has changed. */
  readonly changed = new Emitter<void>();
  readonly #memory: () => Memory;
  readonly #choices: Map<string, GapRule>;

  constructor(memory: () => Memory = () => localStorage) {
    this.#memory = memory;
    this.#choices = new Map(read(memory));
  }

  /** What was chosen; else automatic. */
  ruleOf(id: FieldId): GapRule {
    return this.#choices.get(keyOf(id)) ?? 'automatic';
  }

  /** A switch holds its value for as long as it likes, where nothing else was chosen. */
  ruleOfSwitch(id: FieldId): GapRule {
    return this.#choices.get(keyOf(id)) ?? Infinity;
  }

  choose(id: FieldId, rule: GapRule): void {
    const key = keyOf(id);
    this.#choices.delete(key);
    if (rule !== 'automatic') this.#choices.set(key, rule);
    for (const oldest of [...this.#choices.keys()].slice(0, -MOST_CHOICES)) this.#choices.delete(oldest);
    this.#store();
    this.changed.emit();
  }

  /** Where a browser forbids storage, a choice lasts as long as the page. */
  #store(): void {
    const stored = [...this.#choices].map(([key, rule]) => [key, rule === Infinity ? 'never' : rule]);
    try {
      this.#memory().setItem(KEY, JSON.stringify(stored));
    } catch {
      // See above.
    }
  }
}

function keyOf({ source, field }: FieldId): string {
  return JSON.stringify([source.kind, source.name, field]);
}

/** What was remembered, as far as it is what this page wrote. */
function read(memory: () => Memory): [string, GapRule][] {
  try {
    const stored: unknown = JSON.parse(memory().getItem(KEY) ?? '[]');
    return Array.isArray(stored) ? stored.slice(-MOST_CHOICES).flatMap(choiceOf) : [];
  } catch {
    return [];
  }
}

function choiceOf(stored: unknown): [string, GapRule][] {
  if (!Array.isArray(stored)) return [];
  const [key, rule]: unknown[] = stored;
  if (typeof key !== 'string') return [];
  if (rule === 'never') return [[key, Infinity]];
  return typeof rule === 'number' && rule >= 0 ? [[key, rule]] : [];
}
