/** Starts the station's page, and shows the view that the address names. */
import { begunRequests } from './begin';
import { forgetSeriesAt } from './begun';
import type { Context, View } from './context';
import { element, icon, setText } from './dom';
import { emptySourceView, SourceView } from './source-view';
import { notFound } from './empty-states';
import { Formats } from './formats';
import { GapSettings } from './gap-settings';
import { Emitter } from './emitter';
import { LiveFeed } from './live';
import { reasonOf, Notice } from './notice';
import { Overview } from './overview';
import { parseRoute } from './route';
import { StationModel } from './station-model';
import { fill } from './texts';
import { ThemeSwitch } from './theme';
import { showInvisible } from '../visible-text';
import { renderExposure, renderSignOut } from './visit';

/** From one update of ages to the next, in milliseconds. */
const TICK_MS = 5000;

/** Changes within so many milliseconds, as when flows are deployed, cause a single reading. */
const CHANGES_MS = 500;

type Shared = Omit<Context, 'signal'>;

class App {
  readonly #shared: Shared;
  readonly #main: HTMLElement;
  readonly #notice = new Notice();
  #life = new AbortController();
  #shown = '';

  constructor(shared: Shared, main: HTMLElement) {
    this.#shared = shared;
    this.#main = main;
  }

  /** Shows the view of the address, now and whenever either changes. */
  start(): void {
    const { station } = this.#shared;
    window.addEventListener('hashchange', () => this.#show(true));
    station.loaded.listen(() => this.#show(false));
    station.failed.listen(() => this.#show(false));
    this.#show(false);
  }

  /** @param isMove whether the person navigated, as opposed to new data having arrived */
  #show(isMove: boolean): void {
    const { station, texts } = this.#shared;
    if (!station.retention) {
      this.#showFailure();
      return;
    }
    const key = this.#keyOfView();
    if (!isMove && key === this.#shown) return;
    this.#shown = key;
    this.#life.abort();
    this.#life = new AbortController();
    const { title, element: shown } = this.#makeView({ ...this.#shared, signal: this.#life.signal });
    document.title = showInvisible(`${title} · ${texts.page.title}`);
    this.#main.replaceChildren(shown);
    if (!isMove) return;
    window.scrollTo(0, 0);
    shown.querySelector('h1')?.focus();
  }

  #makeView(context: Context): View {
    const route = parseRoute(location.hash);
    if (route.view === 'overview') return new Overview(context);
    const source = context.station.find(route);
    if (!source) return { title: route.name, element: notFound(context.texts, route.name) };
    return source.lastSeen === undefined
      ? emptySourceView(context, source)
      : new SourceView(context, route, source);
  }

  /** A text that differs where the view must be created anew: for another address, and for a source with other fields. */
  #keyOfView(): string {
    const route = parseRoute(location.hash);
    if (route.view === 'overview') return route.view;
    const source = this.#shared.station.find(route);
    const fields = source?.fields.map(({ name, label, unit, type, kinds = [type] }) => [
      name,
      label,
      unit,
      kinds,
    ]);
    return JSON.stringify([route.kind, route.name, source?.lastSeen !== undefined, fields]);
  }

  /** The view while no sources have been read: empty, or the reason. */
  #showFailure(): void {
    const { station, texts } = this.#shared;
    if (station.failure === undefined) return;
    const reason = reasonOf(station.failure, texts);
    this.#notice.show(
      fill(texts.failure.sources, { reason }),
      texts.failure.again,
      () => void station.load(),
    );
    this.#main.replaceChildren(this.#notice.element);
  }
}

/** The header: a link to the overview, a way to sign out, and the switch between light and dark. */
function renderHeader({ texts, theme, station }: Shared): HTMLElement {
  const home = element(
    'a',
    { class: 'home', href: '#/' },
    element('img', { src: iconAddress(), alt: '', width: 28, height: 28 }),
    texts.page.title,
  );
  const toggle = element('button', { type: 'button', class: 'icon-button' });
  const label = () => {
    const name = theme.theme === 'dark' ? texts.page.light : texts.page.dark;
    toggle.replaceChildren(icon(theme.theme === 'dark' ? 'sun' : 'moon'));
    toggle.setAttribute('aria-label', name);
    toggle.title = name;
  };
  label();
  theme.changed.listen(label);
  toggle.addEventListener('click', () => theme.toggle());
  const buttons = element('div', { class: 'page-buttons' }, renderSignOut(texts, station), toggle);
  return element('header', { class: 'page-header' }, home, buttons);
}

/** The page names its icon itself, whose address the build has made. */
function iconAddress(): string {
  return document.querySelector<HTMLLinkElement>('link[rel="icon"]')?.href ?? '';
}

/**
 * Says when the station serves too many other pages, and when the connection is lost: from the second failed try on, because the first one succeeds where Node-RED has
 * only deployed its flows anew.
 */
function renderBanner({ texts }: Shared, feed: LiveFeed): HTMLElement {
  const message = element('p', {});
  const banner = element('div', { class: 'banner', role: 'status' }, message);
  let failures = 0;
  feed.connection.listen((connection) => {
    failures = connection === 'lost' ? failures + 1 : 0;
    const count = String(feed.mostPages);
    const full = connection === 'full' ? fill(texts.page.full, { count }) : '';
    setText(message, failures > 1 ? texts.page.lost : full);
    banner.classList.toggle('is-shown', failures > 1 || connection === 'full');
  });
  return banner;
}

/** @param loading the first reading of the sources, already under way */
function connect(station: StationModel, feed: LiveFeed, loading: Promise<void>): void {
  let changing = 0;
  const loadSoon = () => {
    clearTimeout(changing);
    changing = window.setTimeout(() => void station.load(), CHANGES_MS);
  };
  let hasMissed = false;
  // Before anyone else hears of these, and asks for series.
  forgetSeriesAt(feed.measured, feed.changed, station.resumed);
  feed.measured.listen((measurement) => station.apply(measurement));
  feed.heard.listen(() => station.hear());
  feed.changed.listen(loadSoon);
  const catchUpSoon = () => void setTimeout(() => void station.catchUp(), CHANGES_MS);
  feed.connection.listen((connection) => {
    const isBack = hasMissed;
    hasMissed = true;
    if (connection !== 'open') return;
    if (isBack) void station.load(true);
    // A second reading brings what arrived between the first one and the connection, while the page is already shown.
    else void loading.then(catchUpSoon);
  });
}

async function start(): Promise<void> {
  const { language, texts: loadingTexts } = begunRequests();
  const station = new StationModel();
  const feed = new LiveFeed();
  connect(station, feed, station.load());
  feed.start();
  const theme = new ThemeSwitch();
  const texts = await loadingTexts;
  document.documentElement.lang = language.catalogue;
  document.title = texts.page.title;
  const tick = new Emitter<void>();
  const formats = new Formats(language.formats);
  const shared = { texts, formats, station, theme, gaps: new GapSettings(), tick };
  const main = element('main', {});
  const notes = [renderBanner(shared, feed), renderExposure(texts, station)];
  document.body.replaceChildren(renderHeader(shared), ...notes, main);
  new App(shared, main).start();
  setInterval(() => tick.emit(), TICK_MS);
}

start().catch(() => {
  // Not translated, because no catalogue could be loaded.
  document.body.textContent = 'The station cannot be reached. Please reload this page.';
});
