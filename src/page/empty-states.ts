/** What to do where there is nothing to see yet. */
import { element } from './dom';
import { formatRoute, type SourceId } from './route';
import { fill, type Texts } from './texts';

/** The overview of a station without any source. */
export function firstSteps({ first }: Texts): HTMLElement {
  return element(
    'section',
    { class: 'card empty' },
    element('h2', {}, first.title),
    element('p', {}, first.what),
    element('ol', {}, ...[first.import, first.deploy, first.look].map((step) => element('li', {}, step))),
    element('p', { class: 'quiet' }, first.own),
  );
}

/** The view of a source that has sent nothing yet. It says where to find the key, which is never part of the page. */
export function howToPost({ post }: Texts, { kind, name }: SourceId): HTMLElement {
  const isSensor = kind === 'sensor';
  return element(
    'section',
    { class: 'card empty' },
    element('h2', {}, fill(post.title, { name })),
    element('p', {}, isSensor ? post.flowOfSensor : post.flowOfDevice),
    element('p', {}, isSensor ? post.otherSensor : post.otherDevice),
    element('pre', { tabindex: 0, 'aria-label': post.command }, element('code', {}, commandFor(kind, name))),
    element('p', { class: 'quiet' }, post.waiting),
  );
}

/** The view of a source that does not exist, or does not exist any more. */
export function notFound({ missing, overview }: Texts, name: string): HTMLElement {
  return element(
    'section',
    { class: 'card empty' },
    element('h1', { tabindex: -1 }, fill(missing.title, { name })),
    element('p', {}, missing.why),
    element('a', { class: 'button', href: formatRoute({ view: 'overview' }) }, overview.title),
  );
}

function commandFor(kind: SourceId['kind'], name: string): string {
  const isSensor = kind === 'sensor';
  const path = isSensor ? `publish/${encodeURIComponent(name).replaceAll("'", '%27')}` : 'v1/signals/push';
  const url = new URL(path, location.href).href;
  const body = JSON.stringify({ device: name, signals: [{ name: 'temp', value: 21.5 }] });
  return [
    `curl ${quote(url)} \\`,
    `  -H "Authorization: Bearer $${isSensor ? 'KEY' : 'TOKEN'}" \\`,
    "  -H 'Content-Type: application/json' \\",
    isSensor ? `  -d '{"timestamp": '$(date +%s)000', "data": {"temp": 21.5}}'` : `  -d ${quote(body)}`,
  ].join('\n');
}

/** A text quoted for a shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
