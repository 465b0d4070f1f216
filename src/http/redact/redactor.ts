import { createAutomaton, type Automaton } from './automaton';
import { canonicalCodes, canonicalOf, isLetterOrDigit, LEFT_OUT } from './canonical';
import { layersOf, type Layer } from './layers';
import { SHORTEST_SPELLING, spellingsOf } from './spellings';

const REDACTED = '***';

/** Takes the secrets of a request out of texts. */
export interface Redactor {
  /** Each secret that is there as a whole. */
  readonly redact: (text: string) => string;
  /** Also the begin of one where the text is cut off: at its end, or before an ellipsis. Of what is shown, not of data. */
  readonly redactExcerpt: (text: string) => string;
}

/**
 * Takes `secrets` out of texts: a server that echoes a request must not bring its key into a message, a log or a browser.
 * A secret is found in any case, broken up by spaces and line breaks, percent-encoded, escaped as in JSON, written as in
 * HTML, as hex digits and in base64, also within other base64, and in these within each other. The time is linear in the
 * length of the text. Secrets of fewer than `SHORTEST_SPELLING` characters stay.
 */
export function createRedactor(secrets: readonly string[]): Redactor {
  const used = secrets.filter(({ length }) => length >= SHORTEST_SPELLING);
  let automaton: Automaton | undefined;

  function redactBy(text: string, search: Search): string {
    if (used.length === 0 || text.length < SHORTEST_SPELLING) return text;
    automaton ??= createAutomaton(used.flatMap(spellingsOf).map(canonicalCodes));
    const found: Range[] = [];
    for (const layer of layersOf(text)) search(automaton, layer, found);
    return found.length === 0 ? text : replace(text, found);
  }

  return {
    redact: (text) => redactBy(text, findWhole),
    redactExcerpt: (text) => redactBy(redactBy(text, findWhole), findCut),
  };
}

/** Makes them for one request after another: what is searched with costs far more than its use, and stays while the secrets do. */
export function createRedactorCache(): (secrets: readonly string[]) => Redactor {
  let known: readonly string[] = [];
  let redact = createRedactor(known);
  return (secrets) => {
    if (secrets.length !== known.length || secrets.some((secret, index) => secret !== known[index])) {
      known = secrets;
      redact = createRedactor(secrets);
    }
    return redact;
  };
}

/** A part of the first text: from one code unit to before another. */
type Range = readonly [begin: number, end: number];

/** Adds to `found` what spells a secret in a layer. */
type Search = (automaton: Automaton, layer: Layer, found: Range[]) => void;

const findWhole: Search = (automaton, layer, found) => {
  const { codes, places } = comparable(layer.text);
  let state = 0;
  for (let index = 0; index < codes.length; index += 1) {
    state = automaton.next(state, codes[index] ?? 0);
    const length = automaton.depth(automaton.found(state));
    if (length > 0) found.push(rangeOf(layer, places, index + 1 - length, index));
  }
};

const findCut: Search = (automaton, layer, found) => {
  const { codes, places } = comparable(layer.text);
  const end = endOfWhole(layer.text);
  const lastWord = codes.findLastIndex((code, index) => isLetterOrDigit(code) && (places[index] ?? 0) < end);
  let state = 0;
  for (let index = 0; index < codes.length; index += 1) {
    state = automaton.next(state, codes[index] ?? 0);
    const length = automaton.depth(state);
    if (length < SHORTEST_SPELLING) continue;
    const after = (places[index] ?? 0) + 1;
    if (index >= lastWord || CUT.test(layer.text.slice(after, after + LONGEST_CUT)))
      found.push(rangeOf(layer, places, index + 1 - length, index));
  }
};

/** What escapes may have come to before they were cut off, one of them within another, and an ellipsis. */
const CUT = /^(?:%[\da-f]?|\\(?:u[\da-f]{0,3}|x[\da-f]?)?|&#?[\da-z]{0,8}|\uFFFD){0,3}\s*(?:…|\.\.)/i;

/** One of them at the end of a text. */
const CUT_ESCAPE = /(?:%[\da-f]|\\(?:u[\da-f]{0,3}|x[\da-f]?)|&#?[\da-z]{1,8})$/i;

/** As long as any of these is. */
const LONGEST_CUT = 16;

/** Where a text ends without what closes quotes and brackets, and without the escapes that were cut off there. */
function endOfWhole(text: string): number {
  let end = text.length;
  for (let count = 0; count < 3; count += 1) {
    while (end > 0 && !isLetterOrDigit(canonicalOf(text.charCodeAt(end - 1)))) end -= 1;
    const cut = CUT_ESCAPE.exec(text.slice(Math.max(0, end - LONGEST_CUT), end));
    end -= cut?.[0].length ?? 0;
  }
  return end;
}

/** The compared code units of a text, and where each is in it. */
function comparable(text: string): { readonly codes: Uint16Array; readonly places: Int32Array } {
  const [codes, places] = [new Uint16Array(text.length), new Int32Array(text.length)];
  let length = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = canonicalOf(text.charCodeAt(index));
    if (code === LEFT_OUT) continue;
    [codes[length], places[length]] = [code, index];
    length += 1;
  }
  return { codes: codes.subarray(0, length), places: places.subarray(0, length) };
}

/** Where the compared code units from `first` to `last` of a layer are in the first text. */
function rangeOf(layer: Layer, places: Int32Array, first: number, last: number): Range {
  return [layer.begin(places[first] ?? 0), layer.end(places[last] ?? 0)];
}

function replace(text: string, found: readonly Range[]): string {
  const pieces: string[] = [];
  let kept = 0;
  let end = -1;
  for (const range of found.toSorted(([one], [other]) => one - other)) {
    if (range[0] > end) {
      pieces.push(text.slice(kept, range[0]), REDACTED);
    }
    end = Math.max(end, range[1]);
    kept = end;
  }
  return pieces.join('') + text.slice(kept);
}
