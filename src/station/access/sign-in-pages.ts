/** The page that asks for the password, or says that nobody may look, in the language of the browser. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join, parse } from 'node:path';
import type { WholeAnswer } from '../protocol';
import { pickLanguage } from './language';

/** What the page says. */
export type SignInState = 'ask' | 'wrong' | 'later' | 'nobody' | 'starting';

export interface SignInPages {
  /** The page for a browser; undefined for another program, and where the page is not built. */
  page(request: IncomingMessage, state: SignInState): Pick<WholeAnswer, 'headers' | 'body'> | undefined;
}

/** Where the build puts a page for each language, with this in place of the state. */
const FOLDER = 'sign-in';
const STATE = '__state__';
const FALLBACK = 'en-US';

/** @param folder of the built page */
export function createSignInPages(folder: string): SignInPages {
  const pages = new Map(
    filesOf(join(folder, FOLDER)).map((file) => [
      parse(file).name,
      readFileSync(join(folder, FOLDER, file), 'utf8'),
    ]),
  );
  const policy = policyOf(pages.get(FALLBACK) ?? '');

  return {
    page(request, state) {
      if (!(request.headers.accept ?? '').includes('text/html')) return undefined;
      const language = pickLanguage(request.headers['accept-language'] ?? '', [...pages.keys()]) ?? FALLBACK;
      const page = pages.get(language);
      if (page === undefined) return undefined;
      return {
        headers: {
          'Content-Type': 'text/html; charset=utf-8',
          'Content-Security-Policy': policy,
          'Content-Language': language,
        },
        body: page.replace(STATE, state),
      };
    },
  };
}

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((file) => file.endsWith('.html'));
  } catch {
    return [];
  }
}

/** The page holds its styles and its script itself, because nothing else is given to somebody who is not signed in. */
function policyOf(page: string): string {
  return [
    "default-src 'none'",
    `style-src ${hashOf(page, 'style')}`,
    `script-src ${hashOf(page, 'script')}`,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'self'",
  ].join('; ');
}

function hashOf(page: string, name: 'style' | 'script'): string {
  const start = page.indexOf(`<${name}>`) + name.length + 2;
  const text = page.slice(start, page.indexOf(`</${name}>`));
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
