/** The page and its files, as they were built. They are read once, so no request can reach any other file. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { refusalAnswer, type Answer, type CodedBodies, type WholeAnswer } from '../protocol';
import { isKnownTag } from './entity-tags';

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

interface Asset {
  readonly body: Buffer;
  /** As the build compressed it; empty where it did not. */
  readonly coded: CodedBodies;
  readonly headers: Readonly<Record<string, string>>;
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
  const body = type === undefined ? undefined : readIfThere(file);
  return type === undefined || !body ? undefined : assetOf(file, body, type);
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

function assetOf(file: string, body: Buffer, type: string): Asset {
  const digest = createHash('sha256').update(body).digest('hex');
  const [br, gzip] = [readIfThere(`${file}.br`), readIfThere(`${file}.gz`)];
  const headers = {
    'Content-Type': type,
    'Cache-Control': isNamedByDigest(file, digest) ? FOR_EVER : REVALIDATED,
    // Weak, because it is the same for each coding.
    ETag: `W/"${digest.slice(0, 32)}"`,
    'Content-Security-Policy': policyOf(extname(file) === '.html' ? String(body) : ''),
  };
  return { body, coded: { ...(br ? { br } : {}), ...(gzip ? { gzip } : {}) }, headers };
}

/** No other bytes will ever be at an address that holds their digest. */
const FOR_EVER = 'max-age=31536000, immutable';

/** Asked for each time, so that an update is seen at once; mostly the answer is a short 304. */
const REVALIDATED = 'no-cache';

/** A name ends in this, and its extension, where it is made of the digest of the file's bytes. */
const DIGEST_IN_NAME = /-([0-9a-f]{12})\.\w+$/;

function isNamedByDigest(file: string, digest: string): boolean {
  const [, named] = DIGEST_IN_NAME.exec(file) ?? [];
  return named !== undefined && digest.startsWith(named);
}

/** A script inside of the page. */
const INLINE_SCRIPT = /<script>([^<]*(?:<(?!\/script>)[^<]*)*)<\/script>/g;

/** Allows the page its own scripts and files and this station's pictures and data, and nothing else. */
function policyOf(page: string): string {
  const hashes = [...page.matchAll(INLINE_SCRIPT)].map(
    ([, script = '']) => ` 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );
  return [
    "default-src 'none'",
    `script-src 'self'${hashes.join('')}`,
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join('; ');
}

function assetAnswer({ body, coded, headers }: Asset, known: string | undefined): WholeAnswer {
  return isKnownTag(headers['ETag'], known)
    ? { statusCode: 304, headers, body: '' }
    : { statusCode: 200, headers, body, coded };
}

const NOT_BUILT = assetOf(
  '',
  Buffer.from(
    '<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Station</title>\n' +
      '<p>The station works, but its page was not built. Run <code>npm run build</code>, then start Node-RED again.</p></html>\n',
  ),
  'text/html; charset=utf-8',
);

const MISSING = { kind: 'missing', message: 'The page has no such file.' } as const;
