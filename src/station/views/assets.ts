/** The page and its files, as they were built. They are read once, so no request can reach any other file. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { refusalAnswer, type Answer, type WholeAnswer } from '../protocol';

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

export interface Assets {
  /** @param known the browser's cached version, as its If-None-Match says */
  page(known: string | undefined): Answer;
  file(name: string, known: string | undefined): Answer;
}

/** @param folder with `index.html` and `assets/`; where there is none, a plain page says so */
export function createAssets(folder: string): Assets {
  const page = readAsset(join(folder, 'index.html')) ?? NOT_BUILT;
  const names = listFiles(join(folder, 'assets'));
  const files = new Map(
    names.flatMap((name) => {
      const asset = readAsset(join(folder, 'assets', name));
      return asset ? [[name, asset] as const] : [];
    }),
  );
  return {
    page: (known) => assetAnswer(page, known),
    file: (name, known) => {
      const asset = files.get(name);
      return asset ? assetAnswer(asset, known) : refusalAnswer(MISSING);
    },
  };
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
    // Revalidated each time, so that an update is seen at once; mostly the answer is a short 304.
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
