/** Whether an If-None-Match has a tag, by the weak comparison (RFC 9110, 13.1.2). */
export function isKnownTag(tag: string | undefined, known: string | undefined): boolean {
  const wanted = tag === undefined ? undefined : opaque(tag);
  return known?.split(',').some((each) => opaque(each.trim()) === wanted) ?? false;
}

function opaque(tag: string): string {
  return tag.replace(/^W\//, '');
}
