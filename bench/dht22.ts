/**
 * npm run bench:dht22: what becomes of frames whose edges are lost, doubled, spurious, late or jittery, and how long
 * decoding takes. Frames are those of real sensors where their recordings are on this machine, and made ones. Then what
 * the check of readings does to a simulated sensor (docs/plausibility.md).
 * Reproducible: chance comes from a fixed seed.
 */
import { packingOf, unpack } from '../src/dht22/values';
import { recordedFrames } from '../test/dht22/recorded';
import { between, chance, decodeTime, madeFrames, valuesOf, type Sent } from './dht22/frames';
import { simulationTables } from './dht22/simulation';
import { closeGoals } from './report';

const TRIALS_PER_FRAME = 100;
const LATEST_DECODE_US = 50; // 1 % of the 5 ms that a frame lasts
const JITTER_ODDS = 400;

const pick = (edges: readonly number[]): number => Math.floor(chance() * edges.length);

function gaussian(deviation: number): number {
  return deviation * Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
}

const inOrder = (edges: readonly number[]): number[] => edges.toSorted((one, other) => one - other);

const repeat =
  (times: number, fault: Fault): Fault =>
  (edges) =>
    Array.from({ length: times }).reduce<number[]>((current) => fault(current), [...edges]);

type Fault = (edges: readonly number[]) => number[];

const lose: Fault = (edges) => {
  const index = pick(edges);
  return edges.filter((_, position) => position !== index);
};
const double: Fault = (edges) => {
  const index = pick(edges);
  return inOrder([...edges, (edges[index] ?? 0) + between(500, 12_000)]);
};
const addSpurious: Fault = (edges) => inOrder([...edges, between(edges[0] ?? 0, edges.at(-1) ?? 0)]);
/** So many different edges, each late by up to so much. */
const delay =
  (count: number, longest: number): Fault =>
  (edges) => {
    const late = new Set<number>();
    while (late.size < count) late.add(pick(edges));
    return inOrder(edges.map((edge, index) => (late.has(index) ? edge + between(0, longest) : edge)));
  };
/** The interrupt is held up for a while: all edges of that time are stamped at its end, and only one survives. */
const holdUp =
  (duration: number): Fault =>
  (edges) => {
    const from = between(edges[0] ?? 0, edges.at(-1) ?? 0);
    const to = from + duration;
    return [...edges.filter((edge) => edge < from), to, ...edges.filter((edge) => edge > to)];
  };
const jitter =
  (deviation: number): Fault =>
  (edges) =>
    inOrder(edges.map((edge) => edge + gaussian(deviation)));
const none: Fault = (edges) => [...edges];

/** Faults that must never give a wrong value. */
const FAULTS: readonly (readonly [string, Fault])[] = [
  ['none', none],
  ['leading edges lost, 1 to 6', (edges) => edges.slice(1 + Math.floor(chance() * 6))],
  ['leading edges lost, 7 to 10', (edges) => edges.slice(7 + Math.floor(chance() * 4))],
  ['one edge lost', lose],
  ['two edges lost', repeat(2, lose)],
  ['one edge doubled', double],
  ['two edges doubled', repeat(2, double)],
  ['one spurious edge', addSpurious],
  ['two spurious edges', repeat(2, addSpurious)],
  ['one edge late by up to 25 µs', delay(1, 25_000)],
  ['one edge late by up to 80 µs', delay(1, 80_000)],
  ['five edges late by up to 20 µs', delay(5, 20_000)],
  ['twenty edges late by up to 20 µs', delay(20, 20_000)],
  ['interrupt held up for 100 µs', holdUp(100_000)],
  ['interrupt held up for 300 µs', holdUp(300_000)],
];

const JITTERS: readonly number[] = [2, 5, 8, 10, 15];

function realFrames(): Sent[] {
  const recordings = recordedFrames();
  if (recordings === undefined) {
    console.log('skipped: the recorded waveforms are not on this machine, made frames only');
    return [];
  }
  return [...recordings.values()]
    .flat()
    .flatMap(({ edges, decoded }) =>
      decoded === null ? [] : [{ bytes: decoded.bytes, edges: edges.slice(1) }],
    );
}

interface Outcome {
  right: number;
  refused: number;
  wrong: number;
}

function outcomeOf(frames: readonly Sent[], fault: Fault): Outcome {
  const outcome: Outcome = { right: 0, refused: 0, wrong: 0 };
  for (const { bytes, edges } of frames) {
    const truth = JSON.stringify(unpack(bytes, packingOf(bytes)));
    for (let trial = 0; trial < TRIALS_PER_FRAME; trial += 1) {
      const said = valuesOf(fault(edges));
      outcome[said === undefined ? 'refused' : said === truth ? 'right' : 'wrong'] += 1;
    }
  }
  return outcome;
}

function row(name: string, { right, refused, wrong }: Outcome): void {
  console.log(
    `${name.padEnd(34)}${[right, refused, wrong].map((count) => String(count).padStart(9)).join('')}`,
  );
}

/** What damaged frames and the time of decoding are held against. */
function frameGoals(): [string, boolean][] {
  const real = realFrames();
  const frames = [...real, ...madeFrames()];
  console.log(
    `${frames.length} frames, ${real.length} of them recorded, ${TRIALS_PER_FRAME} times each fault\n`,
  );
  console.log(`${''.padEnd(34)}    right  refused    wrong`);

  const goals: [string, boolean][] = [];
  const faulty = FAULTS.map(([name, fault]) => [name, outcomeOf(frames, fault)] as const);
  for (const [name, outcome] of faulty) row(name, outcome);
  const wrong = faulty.reduce((sum, [, outcome]) => sum + outcome.wrong, 0);
  const undisturbed = faulty[0]?.[1];
  goals.push(['every undisturbed frame is right', undisturbed?.right === frames.length * TRIALS_PER_FRAME]);
  goals.push([`no wrong value without jitter (${wrong})`, wrong === 0]);

  for (const deviation of JITTERS) {
    const outcome = outcomeOf(frames, jitter(deviation * 1000));
    row(`jitter of ${deviation} µs (deviation)`, outcome);
    if (deviation !== 10) continue;
    const odds = (frames.length * TRIALS_PER_FRAME) / outcome.wrong;
    goals.push([
      `at 10 µs of jitter, wrong at most 1 in ${JITTER_ODDS} (1 in ${odds.toFixed(0)})`,
      odds >= JITTER_ODDS,
    ]);
  }

  const time = decodeTime(frames);
  goals.push([
    `a frame is decoded in at most ${LATEST_DECODE_US} µs (${time.toFixed(1)} µs)`,
    time <= LATEST_DECODE_US,
  ]);
  return goals;
}

async function main(): Promise<void> {
  const goals = [...frameGoals(), ...(await simulationTables())];
  console.log('');
  for (const [name, met] of goals) console.log(`${met ? 'met   ' : 'missed'}  ${name}`);
  closeGoals(goals.map(([, isMet]) => isMet));
}

void main();
