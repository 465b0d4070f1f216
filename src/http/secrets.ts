// A shorter text is no key of either service, and striking it out would damage ordinary words and numbers.
const SHORTEST_SECRET = 4;
const STRUCK_OUT = '***';

/**
 * A function that strikes `secrets` out of a text, as they are and as JSON writes them: a server that echoes a
 * request must not bring its key into a message, a log or a browser.
 */
export function strikeOut(secrets: readonly string[]): (text: string) => string {
  const spellings = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  return (text) => spellings.reduce((result, spelling) => result.replaceAll(spelling, STRUCK_OUT), text);
}
