/** The page with what arrived: one HTML text without any script, drawn anew by the browser every few seconds. */
import { createHash } from 'node:crypto';
import { renderGraph } from './graph';
import { escape, formatAge, formatNumber } from './html';
import { GRAPHS_PER_PAGE } from './limits';
import { STYLE } from './page-style';
import type { Point } from './series';
import type { FieldView, Scalar, SourceView } from './store';

const REFRESH_SECONDS = 5;

/** Allows the page its one style and this station's pictures, and nothing else. */
export const PAGE_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

/** @param now milliseconds since 1970 */
export function renderPage(sources: readonly SourceView[], now: number): string {
  const sorted = sources.toSorted((one, other) => one.id.name.localeCompare(other.id.name));
  const drawn = new Set(sorted.flatMap(({ fields }) => fields).slice(0, GRAPHS_PER_PAGE));
  const cards = sorted.map((source) => renderSource(source, drawn, now)).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="${REFRESH_SECONDS}">
<title>Station</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>Station</h1><p class="quiet">The newest readings, renewed every ${REFRESH_SECONDS} seconds</p></header>
<main>
${cards === '' ? EMPTY : cards}
</main>
</body>
</html>
`;
}

const EMPTY = `<section class="empty"><h2>No sensors yet</h2>
<ol>
<li>In Node-RED, put a senio-publish or databoom-publish node into a flow.</li>
<li>In its configuration, choose “This Node-RED” as the server and give the sensor or device a name.</li>
<li>Deploy, and send the node a message with a number.</li>
</ol>
<p class="waiting">Or import an example: menu, Import, Examples. The readings will appear here by themselves.</p></section>`;

function renderSource({ id, fields }: SourceView, drawn: ReadonlySet<FieldView>, now: number): string {
  const newest = fields.flatMap(({ latest, images }) => [
    ...(latest ? [latest.timestamp] : []),
    ...images.slice(0, 1).map(({ timestamp }) => timestamp),
  ]);
  const age = newest.length > 0 ? `, ${formatAge(Math.max(...newest), now)}` : '';
  const body = fields.map((field) => renderField(field, drawn.has(field), now)).join('');
  return `<section><div class="title"><h2>${escape(id.name)}</h2><span class="quiet">${id.kind}${age}</span></div>${body || WAITING}</section>`;
}

const WAITING =
  '<p class="waiting">No readings yet. They appear here as soon as a flow or another client publishes one.</p>';

function renderField({ name, latest, numbers, images }: FieldView, isDrawn: boolean, now: number): string {
  const reading = latest ? renderReading(latest, now) : '';
  const points = isDrawn
    ? numbers().map(({ timestamp, value }) => ({ timestamp, value: Number(value) }))
    : [];
  const graph = points.length > 1 ? renderGraph(name, points) : '';
  const pictures = images.map((image) => renderImage(name, image, now)).join('');
  const gallery = pictures === '' ? '' : `<div class="images">${pictures}</div>`;
  return `<article><div class="reading"><h3>${escape(name)}</h3>${reading}</div>${graph}${gallery}</article>`;
}

function renderReading({ timestamp, value }: Point<Scalar>, now: number): string {
  const text = typeof value === 'number' ? formatNumber(value) : String(value);
  const kind = typeof value === 'string' ? 'value text' : 'value';
  return `<div><span class="${kind}">${escape(text)}</span> ${renderTime(timestamp, now)}</div>`;
}

function renderImage(field: string, { timestamp, value: id }: Point<string>, now: number): string {
  const time = renderTime(timestamp, now);
  return `<a href="images/${id}"><img src="images/${id}" alt="${escape(field)}" loading="lazy">${time}</a>`;
}

function renderTime(timestamp: number, now: number): string {
  return `<time datetime="${new Date(timestamp).toISOString()}">${formatAge(timestamp, now)}</time>`;
}
