import { BUCKET_MS, type MetricsReport } from '../../contract';
import { element, setText } from './dom';
import type { Words } from './words';

const SVG = 'http://www.w3.org/2000/svg';

/** Height of the graph in its own units; its width is one unit per bucket. */
const HEIGHT = 40;

/** A graph of the last hours: bars for what was sent, a line for what waited. */
export interface Graph {
  readonly element: HTMLElement;
  update(report: MetricsReport): void;
}

export function createGraph(words: Words): Graph {
  const bars = shape('path', 'sensorpost-graph-sent');
  const line = shape('path', 'sensorpost-graph-waiting');
  const picture = shape('svg', 'sensorpost-graph');
  picture.setAttribute('role', 'img');
  picture.setAttribute('preserveAspectRatio', 'none');
  picture.append(bars, line);
  const sent = element('span');
  const waiting = element('span');
  const legend = element(
    'div',
    { class: 'sensorpost-legend' },
    element('span', {}, element('i', { class: 'sensorpost-key-sent' }), sent),
    element('span', {}, element('i', { class: 'sensorpost-key-waiting' }), waiting),
  );

  function update({ sentPerBucket, waitingPerBucket }: MetricsReport): void {
    const [mostSent, mostWaiting] = [Math.max(...sentPerBucket), Math.max(...waitingPerBucket)];
    picture.setAttribute('viewBox', `0 0 ${sentPerBucket.length} ${HEIGHT}`);
    bars.setAttribute('d', barsOf(sentPerBucket, mostSent));
    line.setAttribute('d', lineOf(waitingPerBucket, mostWaiting));
    const values = {
      time: words.span(sentPerBucket.length * BUCKET_MS),
      sent: words.count(sentPerBucket.reduce((sum, count) => sum + count, 0)),
      waiting: words.count(mostWaiting),
    };
    picture.setAttribute('aria-label', words.say('graph.label', values));
    const bucket = words.span(BUCKET_MS);
    setText(sent, words.say('graph.sent', { count: words.count(mostSent), time: bucket }));
    setText(waiting, words.say('graph.waiting', { count: words.count(mostWaiting) }));
  }

  return { element: element('div', {}, picture, legend), update };
}

function shape(tag: 'svg' | 'path', name: string): SVGElement {
  const made = document.createElementNS(SVG, tag);
  made.setAttribute('class', name);
  return made;
}

/** The y of a value; both the lowest and the highest line stay inside the graph. */
function topOf(value: number, most: number): number {
  return most === 0 ? HEIGHT - 1 : HEIGHT - 1 - (value / most) * (HEIGHT - 2);
}

function barsOf(values: readonly number[], most: number): string {
  return values
    .map((value, index) => (value === 0 ? '' : `M${index} ${HEIGHT}V${topOf(value, most)}h.8V${HEIGHT}z`))
    .join('');
}

function lineOf(values: readonly number[], most: number): string {
  const steps = values.map((value, index) => `H${index}V${topOf(value, most)}`).join('');
  return `M0 ${topOf(values[0] ?? 0, most)}${steps}H${values.length}`;
}
