/**
 * Asks for what the first view needs. It runs inside of the page, before the main script has come, and there once more
 * where a proxy forbids scripts inside of pages: then nothing is begun early, and the page works all the same.
 */
import type { SourcesAnswer } from '../station/views/api';
import { readSeries, readSources } from './api';
import type { Begun } from './begun';
import { firstSeries } from './first-view';
import { GapSettings } from './gap-settings';
import { pickLanguage } from './language';
import { parseRoute } from './route';
import type { Texts } from './texts';

/** The addresses of the texts in each language; the build defines this. */
declare const CATALOGUES: Readonly<Record<string, string>>;

/** What was begun; it begins with the first call. */
export function begunRequests(): Begun {
  window.begun ??= begin();
  return window.begun;
}

function begin(): Begun {
  const language = pickLanguage(navigator.languages, Object.keys(CATALOGUES));
  const { signal } = new AbortController();
  const sources = readSources(signal);
  const begun: Begun = { language, texts: readTexts(language.catalogue), sources, series: [] };
  void quiet(beginSeries(begun, sources, signal));
  void quiet(begun.texts);
  return begun;
}

async function beginSeries(
  begun: Begun,
  sources: Promise<SourcesAnswer>,
  signal: AbortSignal,
): Promise<void> {
  const wanted = firstSeries(parseRoute(location.hash), await sources, window.innerWidth, new GapSettings());
  begun.series = wanted.map((each) => ({
    ...each,
    askedAt: Date.now(),
    answer: quiet(readSeries(each, each.range, each, signal)),
  }));
}

async function readTexts(catalogue: string): Promise<Texts> {
  return (await fetch(CATALOGUES[catalogue] ?? '')).json();
}

/** Whoever uses an answer says that it failed; where nobody does, the browser must not. */
function quiet<Answer>(answer: Promise<Answer>): Promise<Answer> {
  answer.catch(() => undefined);
  return answer;
}

begunRequests();
