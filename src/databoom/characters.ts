import type { PushContent, SignalValue } from './push';

/**
 * The most characters of values, descriptions and names, a bound of memory and of the time that an upload takes. A name
 * counts with each of its values, because a template's form repeats it.
 */
const MOST_CHARACTERS = 4_000_000;

/** What is wrong with the size of what a push holds; `undefined` where nothing is. */
export function checkCharacters(content: PushContent): string | undefined {
  const characters = countCharacters(content);
  if (characters <= MOST_CHARACTERS) return undefined;
  const names = [...content.signals.keys()].slice(0, 5).map((signal) => `"${signal}"`);
  return `Signal ${names.join(', ')}: ${(characters / 1e6).toFixed(1)} million characters of text, but at most ${MOST_CHARACTERS / 1e6} million fit one message`;
}

function lengthOf(value: SignalValue): number {
  return typeof value === 'string' ? value.length : 0;
}

function countCharacters(content: PushContent): number {
  let characters = 0;
  if (content.kind === 'current') {
    for (const [signal, value] of content.signals) characters += signal.length + lengthOf(value);
    return characters;
  }
  for (const [signal, { description = '', values }] of content.signals) {
    characters += description.length + signal.length * values.length;
    for (const { value } of values) characters += lengthOf(value);
  }
  return characters;
}
