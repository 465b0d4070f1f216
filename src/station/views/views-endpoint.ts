/** What people look at: the page, its data, and pictures. */
import type { IncomingMessage } from 'node:http';
import type { SensorRegistry } from '../access';
import { jsonAnswer, methodAnswer, refusalAnswer, type Answer } from '../answer';
import type { FieldLabels } from '../labels';
import type { Store } from '../store';
import type { PicturesAnswer, SeriesAnswer, SourcesAnswer, TextsAnswer } from '../views-api';
import type { Assets } from './assets';
import type { Downloads } from './download';
import type { LiveEvents } from './live';
import type { Pictures } from './pictures';
import { parametersOf, readBefore, readCount, readField, readPoints, readRange, together } from './query';
import { sourcesAnswer } from './sources';

/** What the endpoint is made of. */
export interface ViewsParts {
  readonly store: Store;
  readonly sensors: SensorRegistry;
  readonly deviceLabels: FieldLabels;
  readonly assets: Assets;
  readonly pictures: Pictures;
  readonly live: LiveEvents;
  readonly downloads: Downloads;
  readonly now: () => number;
}

export class ViewsEndpoint {
  readonly #parts: ViewsParts;

  constructor(parts: ViewsParts) {
    this.#parts = parts;
  }

  /** @returns undefined where there is nothing to look at at this address */
  async answer(request: IncomingMessage, segments: readonly string[]): Promise<Answer | undefined> {
    const handler = this.#find(request, segments);
    if (!handler) return undefined;
    const { method } = request;
    return method === 'GET' || method === 'HEAD' ? handler() : methodAnswer('GET, HEAD');
  }

  #find(request: IncomingMessage, segments: readonly string[]): (() => Answer | Promise<Answer>) | undefined {
    const { assets, pictures } = this.#parts;
    const known = request.headers['if-none-match'];
    const [first, second = '', third] = segments;
    if (segments.length === 1) return first === '' ? () => this.#page(request, known) : undefined;
    if (segments.length === 3 && first === 'pictures' && third === 'thumbnail') {
      return () => pictures.thumbnailAnswer(second);
    }
    if (segments.length > 2) return undefined;
    if (first === 'assets') return () => assets.file(second, known);
    if (first === 'pictures') return () => pictures.answer(second);
    return first === 'api' ? this.#dataOf(second, parametersOf(request.url ?? '')) : undefined;
  }

  #dataOf(name: string, parameters: URLSearchParams): (() => Answer | Promise<Answer>) | undefined {
    const { live, downloads } = this.#parts;
    switch (name) {
      case 'sources':
        return () => this.#sources();
      case 'series':
        return () => this.#series(parameters);
      case 'texts':
        return () => this.#texts(parameters);
      case 'pictures':
        return () => this.#pictures(parameters);
      case 'live':
        return () => live.answer();
      case 'download':
        return () => downloads.answer(parameters);
      default:
        return undefined;
    }
  }

  /** The page; where its address has no slash at the end, a redirect, so that its relative links work. */
  #page(request: IncomingMessage, known: string | undefined): Answer {
    const [path = '/'] = originalUrlOf(request).split('?', 1);
    if (path.endsWith('/')) return this.#parts.assets.page(known);
    const Location = `./${path.slice(path.lastIndexOf('/') + 1)}/`;
    return { statusCode: 307, headers: { Location }, body: '' };
  }

  async #sources(): Promise<Answer> {
    const { store, sensors, deviceLabels, now } = this.#parts;
    const catalogue = await store.ask('catalogue', null);
    if (!catalogue.ok) return refusalAnswer(catalogue.failure);
    const { usedBytes, sources } = catalogue.value;
    const answer: SourcesAnswer = {
      now: now(),
      retention: { ...store.retention, usedBytes },
      sources: sourcesAnswer(sources, sensors, deviceLabels),
    };
    return jsonAnswer(200, answer);
  }

  async #series(parameters: URLSearchParams): Promise<Answer> {
    const wanted = together(readField(parameters), readRange(parameters), readPoints(parameters));
    if (!wanted.ok) return refusalAnswer(wanted.failure);
    const rows = await this.#parts.store.ask('series', wanted.value);
    if (!rows.ok) return refusalAnswer(rows.failure);
    const { from, to } = wanted.value;
    const answer: SeriesAnswer = { from, to, ...rows.value };
    return jsonAnswer(200, answer);
  }

  async #texts(parameters: URLSearchParams): Promise<Answer> {
    const wanted = together(readField(parameters), readRange(parameters), readCount(parameters));
    if (!wanted.ok) return refusalAnswer(wanted.failure);
    const texts = await this.#parts.store.ask('texts', wanted.value);
    if (!texts.ok) return refusalAnswer(texts.failure);
    const answer: TextsAnswer = texts.value.map(({ timestamp, value }) => ({
      timestamp,
      value: String(value),
    }));
    return jsonAnswer(200, answer);
  }

  async #pictures(parameters: URLSearchParams): Promise<Answer> {
    const wanted = together(readField(parameters), readBefore(parameters), readCount(parameters));
    if (!wanted.ok) return refusalAnswer(wanted.failure);
    const { count } = wanted.value;
    // One more tells whether there are older ones.
    const found = await this.#parts.store.ask('pictures', { ...wanted.value, count: count + 1 });
    if (!found.ok) return refusalAnswer(found.failure);
    const answer: PicturesAnswer = {
      pictures: found.value.slice(0, count),
      more: found.value.length > count,
    };
    return jsonAnswer(200, answer);
  }
}

/** The address as the client asked for it: express shortens `url` to what follows the mount point. */
function originalUrlOf(request: IncomingMessage): string {
  if ('originalUrl' in request && typeof request.originalUrl === 'string') return request.originalUrl;
  return request.url ?? '/';
}
