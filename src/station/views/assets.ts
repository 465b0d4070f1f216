/** The page and its files, as they were built. Read once: what is not on the list cannot be asked for. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { refusalAnswer, type Answer, type WholeAnswer } from '../answer';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** Allows the page its own files and this station's pictures and data, and nothing else. */
const SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

interface Asset {
  readonly body: Buffer;
  readonly type: string;
  readonly tag: string;
}

export class Assets {
  readonly #page: Asset;
  readonly #files: ReadonlyMap<string, Asset>;

  /** @param folder with `index.html` and `assets/`; where there is none, a plain page says so */
  constructor(folder: string) {
    this.#page = readAsset(join(folder, 'index.html')) ?? NOT_BUILT;
    const names = listFiles(join(folder, 'assets'));
    this.#files = new Map(
      names.flatMap((name) => {
        const asset = readAsset(join(folder, 'assets', name));
        return asset ? [[name, asset] as const] : [];
      }),
    );
  }

  /** @param known what the browser has already, as its If-None-Match says */
  page(known: string | undefined): Answer {
    return assetAnswer(this.#page, known);
  }

  file(name: string, known: string | undefined): Answer {
    const asset = this.#files.get(name);
    return asset ? assetAnswer(asset, known) : refusalAnswer(MISSING);
  }
}

function listFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readAsset(file: string): Asset | undefined {
  const type = TYPES[extname(file)];
  try {
    return type === undefined ? undefined : assetOf(readFileSync(file), type);
  } catch {
    return undefined;
  }
}

function assetOf(body: Buffer, type: string): Asset {
  return { body, type, tag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
}

function assetAnswer({ body, type, tag }: Asset, known: string | undefined): WholeAnswer {
  const headers = {
    'Content-Type': type,
    // Asked for each time, so that an update is seen at once; the answer then is mostly a short 304.
    'Cache-Control': 'no-cache',
    ETag: tag,
    'Content-Security-Policy': SECURITY_POLICY,
  };
  const isKnown = known?.split(/\s*,\s*/).includes(tag) ?? false;
  return isKnown ? { statusCode: 304, headers, body: '' } : { statusCode: 200, headers, body };
}

const NOT_BUILT = assetOf(
  Buffer.from(
    '<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Station</title>\n' +
      '<p>The station works, but its page was not built. Run <code>npm run build</code>, then start Node-RED again.</p></html>\n',
  ),
  'text/html; charset=utf-8',
);

const MISSING = { kind: 'missing', message: 'The page has no such file.' } as const;
