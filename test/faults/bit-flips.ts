import { cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { openOutbox } from '../../src/outbox';
import { drain, type Drained } from './observer';
import { DESTINATION, readingOf } from './readings';

const READINGS = 400;
const FILES = ['outbox.sqlite', 'outbox.sqlite-wal'];

/** What bit flips did: the last two must be 0. */
export interface FlipVerdict {
  flips: number;
  /** Nothing of what was kept was concerned. */
  harmless: number;
  /** Found and mended: reported, and nothing is missing. */
  mended: number;
  /** Readings were taken by the damage, and the user was told. */
  reported: number;
  /** Readings that cannot be read any more, of all that were kept. */
  missing: number;
  kept: number;
  /** Readings were handed out altered. */
  altered: number;
  /** More readings are missing than anybody was told. */
  silent: number;
}

export function emptyFlipVerdict(): FlipVerdict {
  return { flips: 0, harmless: 0, mended: 0, reported: 0, missing: 0, kept: 0, altered: 0, silent: 0 };
}

/**
 * Flips one bit at a time, `count` times, in the files of an outbox that was closed, or in those that a killed process
 * leaves, and looks at what comes back.
 * @param random 0 to 1
 * @param onBad told of each flip that was handed out or not reported
 */
export async function runBitFlips(
  count: number,
  random = Math.random,
  onBad = console.error,
): Promise<FlipVerdict> {
  const place = await mkdtemp(join(tmpdir(), 'outbox-flips-'));
  // One outbox stays open, so that the storage thread does not have to be started for each flip.
  const other = openOutbox({
    folder: join(place, 'other'),
    now: Date.now,
    isClockSet: () => true,
    report: () => undefined,
  });
  const verdict = emptyFlipVerdict();
  try {
    const templates = await makeTemplates(place);
    for (let round = 0; round < count; round += 1) {
      const folder = join(place, `round-${round}`);
      await cp(templates[round % templates.length] ?? '', folder, { recursive: true });
      const where = await flipBit(
        FILES.map((name) => join(folder, name)),
        random,
      );
      const drained = await drain(folder);
      const before = verdict.altered + verdict.silent;
      assess(drained, verdict);
      if (verdict.altered + verdict.silent > before)
        onBad(`Bad flip: template ${round % templates.length}, ${where}`);
      await rm(folder, { recursive: true });
    }
  } finally {
    await other.close();
    await rm(place, { recursive: true, force: true });
  }
  return verdict;
}

/** A folder as a closed outbox leaves it, and one as a killed process does. */
async function makeTemplates(place: string): Promise<readonly string[]> {
  const [live, killed, closed] = ['live', 'killed', 'closed'].map((name) => join(place, name));
  if (!live || !killed || !closed) throw new Error('Three names');
  const outbox = openOutbox({ folder: live, now: Date.now, isClockSet: () => true, report: () => undefined });
  for (let number = 1; number <= READINGS; number += 1) {
    const accepted = await outbox.accept(readingOf(number));
    if (!accepted.ok) throw new Error(accepted.failure.message);
  }
  const leased = await outbox.lease(DESTINATION, { count: 30, bytes: 2 ** 20 });
  if (leased.ok)
    await outbox.refuse(
      leased.value.map((item) => item.id),
      'refused',
    );
  await cp(live, killed, { recursive: true });
  await outbox.close();
  await cp(live, closed, { recursive: true });
  return [closed, killed];
}

/** Flips a bit of one of the files that are there, chosen by size; says which. */
export async function flipBit(files: readonly string[], random: () => number): Promise<string> {
  const present = files.filter((file) => existsSync(file));
  const sizes = await Promise.all(present.map(async (file) => (await stat(file)).size));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let position = Math.floor(random() * total);
  let index = 0;
  while (position >= (sizes[index] ?? Infinity)) {
    position -= sizes[index] ?? 0;
    index += 1;
  }
  const file = present[index] ?? '';
  const bit = Math.floor(random() * 8);
  const bytes = await readFile(file);
  bytes.writeUInt8(bytes.readUInt8(position) ^ (1 << bit), position);
  await writeFile(file, bytes);
  return `${basename(file)} byte ${position} bit ${bit}`;
}

function assess({ numbers, altered, notices }: Drained, verdict: FlipVerdict): void {
  let missing = 0;
  for (let number = 1; number <= READINGS; number += 1) if (!numbers.has(number)) missing += 1;
  verdict.flips += 1;
  verdict.kept += READINGS;
  verdict.missing += missing;
  verdict.altered += altered.length;
  // A notice without a number says that it is not known how much is missing.
  const isUnknown = notices.some(({ lost }) => lost === undefined);
  const told = notices.reduce((sum, { lost }) => sum + (lost ?? 0), 0);
  if (missing > 0) verdict[isUnknown || told >= missing ? 'reported' : 'silent'] += 1;
  else verdict[notices.length > 0 ? 'mended' : 'harmless'] += 1;
}
