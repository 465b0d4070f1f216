/** What people look at: the page, and the pictures on it. */
import type { IncomingMessage } from 'node:http';
import type { SensorRegistry } from './access';
import { refusalAnswer, type Answer } from './answer';
import { PAGE_SECURITY_POLICY, renderPage } from './page';
import type { SourceView, Store } from './store';

export class ViewsEndpoint {
  readonly #store: Store;
  readonly #sensors: SensorRegistry;
  readonly #now: () => number;

  constructor(store: Store, sensors: SensorRegistry, now: () => number) {
    this.#store = store;
    this.#sensors = sensors;
    this.#now = now;
  }

  /** The page; where its address has no slash at the end, a redirect, so that its relative links work. */
  page(request: IncomingMessage): Answer {
    const [path = '/'] = originalUrlOf(request).split('?', 1);
    if (!path.endsWith('/')) {
      const Location = `./${path.slice(path.lastIndexOf('/') + 1)}/`;
      return { statusCode: 302, headers: { Location }, body: '' };
    }
    const headers = {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': PAGE_SECURITY_POLICY,
    };
    return { statusCode: 200, headers, body: renderPage(this.#sources(), this.#now()) };
  }

  image(id: string): Answer {
    const image = this.#store.image(id);
    if (!image) return refusalAnswer({ kind: 'missing', message: 'This picture is not kept here any more.' });
    // Its address is the digest of its bytes, so it never changes.
    const headers = {
      'Content-Type': image.type.contentType,
      'Cache-Control': 'private, max-age=31536000, immutable',
    };
    return { statusCode: 200, headers, body: image.bytes };
  }

  /** Those with readings, and the sensors that wait for their first. */
  #sources(): SourceView[] {
    const sources = this.#store.view();
    const heard = new Set(sources.flatMap(({ id }) => (id.kind === 'sensor' ? [id.name] : [])));
    const silent = this.#sensors.names.filter((name) => !heard.has(name));
    return [...sources, ...silent.map((name) => ({ id: { kind: 'sensor' as const, name }, fields: [] }))];
  }
}

/** The address as the client asked for it: express shortens `url` to what follows the mount point. */
function originalUrlOf(request: IncomingMessage): string {
  if ('originalUrl' in request && typeof request.originalUrl === 'string') return request.originalUrl;
  return request.url ?? '/';
}
