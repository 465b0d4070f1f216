/** The regular expressions of the sources, and which of them take more than linear time for some text. */
import { analyse } from 'scslre';
import { parseSync, Visitor } from 'oxc-parser';

/** A regular expression of a file. */
export interface FoundExpression {
  readonly path: string;
  readonly pattern: string;
  readonly flags: string;
}

/** All regular expressions that are written out. */
export function expressionsIn(sources: ReadonlyMap<string, string>): readonly FoundExpression[] {
  const found: FoundExpression[] = [];
  for (const [path, text] of sources) {
    new Visitor({
      Literal: (node) => {
        if ('regex' in node) found.push({ path, pattern: node.regex.pattern, flags: node.regex.flags });
      },
    }).visit(parseSync(path, text).program);
  }
  return found;
}

/** The files that make regular expressions of texts, which cannot be read from the sources. */
export function makersOfExpressions(sources: ReadonlyMap<string, string>): readonly string[] {
  return [...sources].filter(([, text]) => /\bRegExp\(/.test(text)).map(([path]) => path);
}

/**
 * The character that makes an expression slow where a text repeats it, by an analysis of the expression (scslre, which
 * eslint-plugin-regexp uses for its rules); undefined where none is found.
 */
export function slowCharacterOf({ pattern, flags }: Pick<FoundExpression, 'pattern' | 'flags'>) {
  const { reports } = analyse({ source: pattern, flags }, { assumeRejectingSuffix: false });
  return reports[0]?.character.pick;
}
