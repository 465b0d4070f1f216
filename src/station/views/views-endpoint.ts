/** What people look at: the page, its data, and pictures. */
import type { IncomingMessage } from 'node:http';
import { success } from '../../result';
import type { ViewAccess } from '../access';
import { jsonAnswer, methodAnswer, redirectToSlash, refusalAnswer, type Answer } from '../protocol';
import type { FieldLabels, SensorRegistry } from '../registry';
import { presentOf, type Store } from '../store';
import type { UnconfirmedReadings } from '../unconfirmed';
import {
  type PictureAnswer,
  type PicturesAnswer,
  type SeriesAnswer,
  type SourcesAnswer,
  type TextsAnswer,
} from './api';
import { createAssets } from './assets';
import { createDownloads } from './download';
import type { LiveEvents } from './live';
import { MAX_PIXELS } from './limits';
import type { PictureHeaders } from './picture-headers';
import type { Pictures } from './pictures';
import {
  combined,
  parametersOf,
  readBefore,
  readCount,
  readField,
  readGap,
  readPoints,
  readRange,
} from './query';
import { sourcesAnswer } from './sources';
import { unconfirmedRows, withUnconfirmed } from './unconfirmed';

/** What the endpoint reads from. */
export interface ViewsParts {
  readonly store: Store;
  readonly unconfirmed: Pick<UnconfirmedReadings, 'series'>;
  readonly sensors: SensorRegistry;
  readonly deviceLabels: FieldLabels;
  readonly pictures: Pictures;
  readonly headers: PictureHeaders;
  readonly live: LiveEvents;
  readonly access: ViewAccess;
  readonly now: () => number;
  readonly runningSince: () => number;
  readonly latest: () => number;
}

export interface ViewsEndpoint {
  /** Answers a request for an address, given as its decoded segments; undefined where there is nothing. */
  answer(request: IncomingMessage, segments: readonly string[]): Promise<Answer | undefined>;
}

type Handler = () => Answer | Promise<Answer>;

/** @param page the folder of the built page */
export function createViewsEndpoint(parts: ViewsParts, page: string): ViewsEndpoint {
  const { pictures, live, store } = parts;
  const assets = createAssets(page);
  const downloads = createDownloads(store);

  function findHandler(request: IncomingMessage, segments: readonly string[]): Handler | undefined {
    const known = request.headers['if-none-match'];
    const [first, second = '', third] = segments;
    if (segments.length === 1) {
      return first === '' ? () => redirectToSlash(request) ?? assets.page(known) : undefined;
    }
    if (segments.length === 3 && first === 'pictures' && third === 'thumbnail') {
      return () => pictures.answerThumbnail(request, second);
    }
    if (segments.length > 2) return undefined;
    if (first === 'assets') return () => assets.file(second, known);
    if (first === 'pictures') return () => pictures.answer(request, second);
    return first === 'api' ? findDataHandler(request, second) : undefined;
  }

  function findDataHandler(request: IncomingMessage, name: string): Handler | undefined {
    const parameters = parametersOf(request.url ?? '');
    switch (name) {
      case 'sources':
        return () => answerSources(parts, request);
      case 'series':
        return () => answerSeries(parts, parameters);
      case 'texts':
        return () => answerTexts(store, parameters);
      case 'pictures':
        return () => answerPictures(parts, parameters);
      case 'live':
        return () => live.answer(request);
      case 'download':
        return () => downloads.answer(request, parameters);
      default:
        return undefined;
    }
  }

  return {
    answer: async (request, segments) => {
      const handler = findHandler(request, segments);
      if (!handler) return undefined;
      const { method } = request;
      return method === 'GET' || method === 'HEAD' ? handler() : methodAnswer('GET, HEAD');
    },
  };
}

async function answerSources(parts: ViewsParts, request: IncomingMessage): Promise<Answer> {
  const { access, store, unconfirmed, sensors, deviceLabels, now, runningSince, latest } = parts;
  const catalogue = await store.read('catalogue', presentOf(now(), latest()));
  if (!catalogue.ok) return refusalAnswer(catalogue.failure);
  const { usedBytes, sources } = catalogue.value;
  const stored = sourcesAnswer(sources, sensors, deviceLabels);
  const answer: SourcesAnswer = {
    now: now(),
    runningSince: runningSince(),
    retention: { ...store.retention, usedBytes },
    sources: withUnconfirmed(stored, unconfirmed.series(), sensors, deviceLabels),
    ...visitOf(access, request),
  };
  return jsonAnswer(200, answer);
}

/** What the page has to know of who looks at it. */
function visitOf(
  access: ViewAccess,
  request: IncomingMessage,
): Pick<SourcesAnswer, 'isSignedIn' | 'isExposed'> {
  const { policy } = access;
  if (policy.kind === 'everyone') return policy.isExposed ? { isExposed: true } : {};
  return access.isSignedIn(request) ? { isSignedIn: true } : {};
}

async function answerSeries(
  { store, unconfirmed }: ViewsParts,
  parameters: URLSearchParams,
): Promise<Answer> {
  const detail = combined(readPoints(parameters), readGap(parameters), success({}));
  const wanted = combined(readField(parameters), readRange(parameters), detail);
  if (!wanted.ok) return refusalAnswer(wanted.failure);
  const rows = await store.read('series', wanted.value);
  if (!rows.ok) return refusalAnswer(rows.failure);
  const { from, to } = wanted.value;
  const waiting = unconfirmedRows(unconfirmed.series(), wanted.value);
  const answer: SeriesAnswer = { from, to, ...rows.value, ...waiting };
  return jsonAnswer(200, answer);
}

async function answerTexts(store: Store, parameters: URLSearchParams): Promise<Answer> {
  const wanted = combined(readField(parameters), readRange(parameters), readCount(parameters));
  if (!wanted.ok) return refusalAnswer(wanted.failure);
  const texts = await store.read('texts', wanted.value);
  if (!texts.ok) return refusalAnswer(texts.failure);
  const answer: TextsAnswer = texts.value.map(({ timestamp, value }) => ({
    timestamp,
    value: String(value),
  }));
  return jsonAnswer(200, answer);
}

async function answerPictures(
  { store, headers }: Pick<ViewsParts, 'store' | 'headers'>,
  parameters: URLSearchParams,
): Promise<Answer> {
  const wanted = combined(readField(parameters), readBefore(parameters), readCount(parameters));
  if (!wanted.ok) return refusalAnswer(wanted.failure);
  const { count } = wanted.value;
  // One more tells whether there are older ones.
  const found = await store.read('pictures', { ...wanted.value, count: count + 1 });
  if (!found.ok) return refusalAnswer(found.failure);
  const pictures: PictureAnswer[] = [];
  for (const picture of found.value.slice(0, count)) {
    const header = await headers.of(picture.id);
    const size = header && { width: header.width, height: header.height };
    const isLarge = size !== undefined && size.width * size.height > MAX_PIXELS;
    pictures.push({ ...picture, ...size, ...(isLarge ? { isLarge } : {}) });
  }
  const answer: PicturesAnswer = { pictures, more: found.value.length > count };
  return jsonAnswer(200, answer);
}
