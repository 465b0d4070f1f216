// A shorter text is no key of either service, and redacting it would damage ordinary words and numbers.
const SHORTEST_SECRET = 4;
const REDACTED = '***';

/** Takes the secrets of a request out of a text. */
export type Redact = (text: string) => string;

/**
 * Takes `secrets` out of texts, however JSON or a URL spells them: a server that echoes a request must not bring its
 * key into a message, a log or a browser.
 */
function createRedact(secrets: readonly string[]): Redact {
  const spellings = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .map((secret) => Array.from(secret, anySpelling).join(''));
  if (spellings.length === 0) return (text) => text;
  const pattern = new RegExp(spellings.join('|'), 'gi');
  return (text) => text.replaceAll(pattern, REDACTED);
}

/** Makes them for one request after another: a pattern costs far more than its use, and stays while the secrets do. */
export function createRedactCache(): (secrets: readonly string[]) => Redact {
  let known: readonly string[] = [];
  let redact = createRedact(known);
  return (secrets) => {
    if (secrets.length !== known.length || secrets.some((secret, index) => secret !== known[index])) {
      known = secrets;
      redact = createRedact(secrets);
    }
    return redact;
  };
}

/**
 * A pattern for one character as itself, as JSON may escape it (a backslash, or four digits), also in JSON within
 * JSON, and percent-encoded. The number of backslashes is bounded, so that no text makes the search slow.
 */
function anySpelling(character: string): string {
  const literal = character.replace(/[\\^$.*+?()[\]{}|]/, String.raw`\$&`);
  const code = character.charCodeAt(0).toString(16);
  const percent = Array.from(Buffer.from(character), (byte) => `%${byte.toString(16).padStart(2, '0')}`);
  return String.raw`(?:\\{0,7}(?:${literal}|u${code.padStart(4, '0')})|${percent.join('')})`;
}
