import assert from 'node:assert/strict';
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  rmdir,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as fc from 'fast-check';
import { failed, success } from '../../../src/result';
import { createPictureFolder } from '../../../src/station/store/embedded/picture-folder';
import { startReconciliation, type Reconciliation } from '../../../src/station/store/embedded/reconciliation';
import type { PicturesAnswer, SourcesAnswer } from '../../../src/station/views/api';
import { readUntil } from '../../support/waiting';
import { keepStorageThread, NOW, picture, sha1, TestStation } from '../support/index';

const DAY = 86_400_000;
const MINUTE = 60_000;
const MEGABYTE = 2 ** 20;
const SENSORS = ['garden', 'cellar', 'roof'];
const EACH = 40;
const PAGE = 4096;
const RECOVERED = { kind: 'sensor', source: 'recovered', field: 'picture' };

interface Taken {
  readonly sensor: string;
  readonly timestamp: number;
  readonly bytes: Buffer;
}

/** Every picture that was accepted, by its id: three sensors, each with one at the same times. */
const ACCEPTED: ReadonlyMap<string, Taken> = new Map(
  SENSORS.flatMap((sensor, offset) =>
    Array.from({ length: EACH }, (_, index) => {
      const bytes = picture(offset * EACH + index, 60 + (index % 7));
      return [sha1(bytes), { sensor, timestamp: NOW - index * MINUTE, bytes }] as const;
    }),
  ),
);

/** A station whose scheduled tasks run when the test says so. */
class Machine {
  readonly station: TestStation;
  readonly #tasks: Set<() => void>;

  private constructor(station: TestStation, tasks: Set<() => void>) {
    this.station = station;
    this.#tasks = tasks;
  }

  static async start(folder: string, retention = {}): Promise<Machine> {
    const tasks = new Set<() => void>();
    const schedule = (_ms: number, task: () => void) => {
      tasks.add(task);
      return () => void tasks.delete(task);
    };
    return new Machine(await TestStation.start({ folder, schedule, retention }), tasks);
  }

  /** Lets a minute come. */
  tick(): void {
    const due = [...this.#tasks];
    this.#tasks.clear();
    for (const task of due) task();
  }

  /** The pictures that are shown, each with where: `sensor time`. */
  async shown(): Promise<ReadonlyMap<string, readonly string[]>> {
    const places = new Map<string, string[]>();
    for (const { name, fields } of await this.station.sources()) {
      for (const field of fields) {
        if (field.type !== 'image') continue;
        const query = { kind: 'sensor', source: name, field: field.name, count: 1000 };
        const { pictures } = await this.station.ask<PicturesAnswer>('pictures', query);
        for (const { id, timestamp } of pictures)
          places.set(id, [...(places.get(id) ?? []), `${name} ${timestamp}`]);
      }
    }
    return places;
  }

  /** Waits until so many pictures are shown. */
  untilShown(count: number) {
    return readUntil(
      `${count} pictures to be shown`,
      () => {
        this.tick();
        return this.shown();
      },
      ({ size }) => size === count,
    );
  }

  noticesOf(kind: string): readonly string[] {
    return this.station.notices.filter((notice) => notice.kind === kind).map(({ message }) => message);
  }

  files(): Promise<string[]> {
    return readdir(join(this.station.folder, 'pictures'));
  }
}

async function postAll(station: TestStation): Promise<void> {
  const left = [...ACCEPTED.values()];
  const postOn = async () => {
    for (let next = left.pop(); next; next = left.pop()) {
      const { sensor, timestamp, bytes } = next;
      await station.deliver(sensor, timestamp, { light: timestamp % 1009 }, { cam1: bytes });
    }
  };
  await Promise.all(Array.from({ length: 8 }, postOn));
}

/** What became of the files of a station. */
type Damage =
  | { readonly kind: 'zeroed'; readonly at: number; readonly length: number }
  | { readonly kind: 'overwritten'; readonly at: number; readonly length: number }
  | { readonly kind: 'deleted'; readonly isAll: boolean }
  | { readonly kind: 'empty' }
  | { readonly kind: 'log cut'; readonly at: number }
  | { readonly kind: 'log flipped'; readonly at: number };

/** @param damage its places are parts of the file */
async function inflict(folder: string, damage: Damage): Promise<void> {
  const isLog = damage.kind === 'log cut' || damage.kind === 'log flipped';
  const file = join(folder, isLog ? 'station.sqlite-wal' : 'station.sqlite');
  if (damage.kind === 'deleted') {
    const all = (await readdir(folder)).filter((name) => name.startsWith('station.sqlite'));
    for (const name of damage.isAll ? all : ['station.sqlite']) await rm(join(folder, name));
    return;
  }
  if (damage.kind === 'empty') return truncate(file, 0);
  const bytes = await readFile(file);
  const at = Math.floor(damage.at * bytes.length);
  if (damage.kind === 'log cut') return truncate(file, at);
  if (damage.kind === 'log flipped') bytes[at] = (bytes[at] ?? 0) ^ 16;
  else bytes.fill(damage.kind === 'zeroed' ? 0 : 0xa5, at, Math.min(at + damage.length, bytes.length));
  return writeFile(file, bytes);
}

const part = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const damages: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant('zeroed'), at: part, length: fc.constantFrom(512, PAGE) }),
  fc.record({ kind: fc.constant('overwritten'), at: part, length: fc.constantFrom(1, 512, PAGE) }),
  fc.record({ kind: fc.constantFrom('log cut', 'log flipped'), at: part }),
);

/** The kinds that matter most, each once. */
const EXAMPLES: readonly Damage[] = [
  // The header and the schema page.
  { kind: 'zeroed', at: 0, length: 512 },
  { kind: 'zeroed', at: 0, length: PAGE },
  // All of it.
  { kind: 'zeroed', at: 0, length: 2 ** 30 },
  { kind: 'zeroed', at: 0.5, length: PAGE },
  { kind: 'deleted', isAll: false },
  { kind: 'deleted', isAll: true },
  { kind: 'empty' },
  { kind: 'log cut', at: 0.5 },
  { kind: 'log flipped', at: 0.5 },
];

describe('Pictures whose rows were lost', () => {
  keepStorageThread();
  let place: string;
  /** The files of a station with all pictures, closed; and as a power cut leaves them, all in the log. */
  let closed: string;
  let cut: string;
  before(async () => {
    place = await mkdtemp(join(tmpdir(), 'station-recovery-'));
    [closed, cut] = [join(place, 'closed'), join(place, 'cut')];
    const station = await TestStation.start({ folder: closed });
    await postAll(station);
    await cp(closed, cut, { recursive: true, preserveTimestamps: true });
    await station.close();
  });
  after(() => rm(place, { recursive: true }));

  let machine: Machine;
  let folder: string;
  beforeEach(() => {
    folder = join(place, 'station');
  });
  afterEach(async () => {
    await machine.station.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('stay, and are shown again, whatever the disk does to the database', async () => {
    let lost = 0;
    const check = async (damage: Damage) => {
      const template = damage.kind.startsWith('log') ? cut : closed;
      await cp(template, folder, { recursive: true, preserveTimestamps: true });
      await inflict(folder, damage);
      machine = await Machine.start(folder);
      const shown = await machine.untilShown(ACCEPTED.size);
      for (const [id, { sensor, timestamp, bytes }] of ACCEPTED) {
        const places = shown.get(id) ?? [];
        const own = `${sensor} ${timestamp}`;
        // Three have the same time, of which two get the next free ones.
        const allowed = [own, ...[0, 1, 2].map((more) => `recovered ${timestamp + more}`)];
        assert(
          places.length > 0 && places.every((each) => allowed.includes(each)),
          `${id} of ${own}: ${places.join()}`,
        );
        assert(bytes.equals(await readFile(join(folder, 'pictures', id))), id);
      }
      for (const id of [...ACCEPTED.keys()].slice(0, 5))
        assert.equal((await machine.station.fetch(`/pictures/${id}`)).status, 200);
      const recovered = [...shown.values()].flat().filter((each) => each.startsWith('recovered ')).length;
      lost += recovered;
      assert.equal(machine.noticesOf('recovered-pictures').length > 0, recovered > 0);
      await machine.station.close();
      // The next start finds nothing to recover.
      machine = await Machine.start(folder);
      assert.deepEqual(await machine.untilShown(ACCEPTED.size), shown);
      machine.tick();
      assert.deepEqual(machine.noticesOf('recovered-pictures'), []);
      assert.deepEqual((await machine.files()).toSorted(), [...ACCEPTED.keys()].toSorted());
      await machine.station.close();
      await rm(folder, { recursive: true });
    };
    await fc.assert(fc.asyncProperty(damages, check), {
      numRuns: EXAMPLES.length + 3,
      examples: EXAMPLES.map((damage) => [damage]),
    });
    assert(lost > 4 * ACCEPTED.size, `only ${lost} rows were lost: that proves nothing`);
  });

  it('appear in the log, with their number and some of their names', async () => {
    await cp(closed, folder, { recursive: true, preserveTimestamps: true });
    await inflict(folder, { kind: 'deleted', isAll: true });
    machine = await Machine.start(folder);
    await machine.untilShown(ACCEPTED.size);
    const [message = ''] = machine.noticesOf('recovered-pictures');
    assert.match(
      message,
      /^The station found 120 pictures \([0-9a-f]{40}, [0-9a-f]{40}, [0-9a-f]{40} and 117 more\) without an entry/,
    );
    const { pictures } = await machine.station.ask<PicturesAnswer>('pictures', { ...RECOVERED, count: 1 });
    const [first] = pictures;
    assert.deepEqual(
      [first?.bytes, first?.type],
      [ACCEPTED.get(first?.id ?? '')?.bytes.length, 'image/jpeg'],
    );
  });

  it('count for retention: the oldest go first, and those that are too old go', async () => {
    await cp(closed, folder, { recursive: true, preserveTimestamps: true });
    await inflict(folder, { kind: 'deleted', isAll: true });
    const old = picture(900, MEGABYTE);
    const oldFile = join(folder, 'pictures', sha1(old));
    await writeFile(oldFile, old);
    const seconds = (NOW - 40 * DAY) / 1000;
    await utimes(oldFile, seconds, seconds);
    machine = await Machine.start(folder, { ageMs: 30 * DAY });
    const used = async () => (await machine.station.ask<SourcesAnswer>('sources')).retention.usedBytes;
    await readUntil('all to have rows', used, (bytes) => bytes > MEGABYTE);
    await machine.untilShown(ACCEPTED.size);
    assert(!(await machine.shown()).has(sha1(old)));
    await readUntil(
      'the file of the picture that is too old to be deleted',
      () => machine.files(),
      (files) => files.length === ACCEPTED.size,
    );
    assert((await used()) < MEGABYTE);
  });

  it('get rows where there are as many sensors and devices as there can be', async () => {
    machine = await Machine.start(folder);
    for (let push = 0; push < 5; push += 1) {
      const message = Array.from({ length: 100 }, (_, index) => ({
        template: `T${push}-${index}`,
        signals: [{ name: 'x', value: 1 }],
      }));
      const answer = await machine.station.push({ type: 'data', message }, '/v1/signals/push/u');
      assert.equal(answer.status, 200, answer.text);
    }
    await machine.station.close();
    await mkdir(join(folder, 'pictures'));
    await writeFile(join(folder, 'pictures', sha1(picture(1))), picture(1));
    machine = await Machine.start(folder);
    assert.equal((await machine.untilShown(1)).has(sha1(picture(1))), true);
  });

  it('get rows while the station runs, within a minute after damage was found', async () => {
    machine = await Machine.start(folder);
    const { station } = machine;
    const text = 'a text that the disk alters';
    await station.push({ device: 'd', signals: [{ name: 's', value: text }] });
    await station.reopen(async () => {
      const file = join(folder, 'station.sqlite');
      const bytes = await readFile(file);
      const position = bytes.indexOf(text);
      assert(position > 0);
      bytes[position] = (bytes[position] ?? 0) ^ 1;
      await writeFile(file, bytes);
    });
    await station.deliver('rpi', NOW, {}, { cam1: picture(1) });
    await writeFile(join(folder, 'pictures', sha1(picture(2))), picture(2));
    assert.deepEqual(await station.ask('texts', { kind: 'device', source: 'd', field: 's' }), []);
    assert.equal(machine.noticesOf('damaged-row').length, 1);
    const shown = await machine.untilShown(2);
    assert.match(String(shown.get(sha1(picture(2)))), /^recovered /);
  });

  it('get the time of their measurement, or the present where their file has none that is possible', async () => {
    machine = await Machine.start(folder);
    await machine.station.deliver('rpi', NOW - 5 * DAY, {}, { cam1: picture(1) });
    await machine.station.close();
    await inflict(folder, { kind: 'deleted', isAll: true });
    const file = join(folder, 'pictures', sha1(picture(2)));
    await writeFile(file, picture(2));
    await utimes(file, 1, 1);
    machine = await Machine.start(folder);
    assert.deepEqual(
      await machine.untilShown(2),
      new Map([
        [sha1(picture(2)), [`recovered ${NOW}`]],
        [sha1(picture(1)), [`recovered ${NOW - 5 * DAY}`]],
      ]),
    );
  });

  it('stay and are named where they cannot be shown as pictures', async () => {
    machine = await Machine.start(folder);
    await machine.station.deliver('rpi', NOW, {}, { cam1: picture(1) });
    await machine.station.close();
    const bytes = Buffer.from('no picture');
    await writeFile(join(folder, 'pictures', sha1(bytes)), bytes);
    machine = await Machine.start(folder);
    await readUntil(
      'the file to be named in the log',
      () => machine.noticesOf('unknown-files'),
      (messages) => messages.some((message) => message.includes(sha1(bytes))),
    );
    assert.deepEqual((await machine.files()).toSorted(), [sha1(bytes), sha1(picture(1))].toSorted());
    assert.deepEqual([...(await machine.shown()).keys()], [sha1(picture(1))]);
  });

  describe('remain apart from', () => {
    it('those of an interrupted commit, which are deleted at the next start', async () => {
      machine = await Machine.start(folder);
      await machine.station.deliver('rpi', NOW, {}, { cam1: picture(1) });
      await machine.station.close();
      // The first was committed again when that was interrupted; of the third, only the mark was made.
      for (const number of [1, 2, 3])
        await writeFile(join(folder, 'pictures', `${sha1(picture(number))}.uncommitted`), '');
      await writeFile(join(folder, 'pictures', sha1(picture(2))), picture(2));
      machine = await Machine.start(folder);
      assert.deepEqual(
        await readUntil(
          'what was never accepted to be deleted',
          () => machine.files(),
          (files) => files.length === 1,
        ),
        [sha1(picture(1))],
      );
      assert.deepEqual([...(await machine.shown()).keys()], [sha1(picture(1))]);
      assert.deepEqual(machine.station.notices, []);
    });

    it('those of an interrupted commit, unless the last transactions may be lost too', async () => {
      machine = await Machine.start(folder);
      await machine.station.deliver('rpi', NOW, {}, { cam1: picture(1) });
      await machine.station.close();
      await inflict(folder, { kind: 'zeroed', at: 0, length: 2 ** 30 });
      await writeFile(join(folder, 'pictures', `${sha1(picture(1))}.uncommitted`), '');
      machine = await Machine.start(folder);
      await machine.untilShown(1);
      await readUntil(
        'the mark to be deleted',
        () => machine.files(),
        (files) => files.length === 1,
      );
    });

    it('those of an interrupted commit, unless their rows turn out to be damaged', async () => {
      machine = await Machine.start(folder);
      await machine.station.deliver('rpi', NOW, {}, { cam1: picture(1) });
      await machine.station.close();
      const database = new DatabaseSync(join(folder, 'station.sqlite'));
      database.exec('UPDATE pictures SET bytes = bytes + 1');
      database.close();
      // As after a power cut right after the commit.
      await writeFile(join(folder, 'pictures', `${sha1(picture(1))}.uncommitted`), '');
      machine = await Machine.start(folder);
      assert.deepEqual(await machine.untilShown(1), new Map([[sha1(picture(1)), [`recovered ${NOW}`]]]));
      assert.equal(machine.noticesOf('damaged-row').length, 1);
    });

    it('those that retention has deleted, whose files are deleted at the next start', async () => {
      const id = sha1(picture(1, 600_000));
      const path = join(folder, 'pictures', id);
      machine = await Machine.start(folder, { bytes: MEGABYTE });
      await machine.station.deliver('rpi', NOW, {}, { cam1: picture(1, 600_000) });
      // What cannot be deleted now.
      await rm(path);
      await mkdir(path);
      await machine.station.deliver('rpi', NOW + 1, {}, { cam1: picture(2, 600_000) });
      await readUntil(
        'the older picture to be deleted',
        () => machine.shown(),
        ({ size }) => size === 1,
      );
      await machine.station.close();
      await rmdir(path);
      await writeFile(path, picture(1, 600_000));
      machine = await Machine.start(folder, { bytes: MEGABYTE });
      const files = await readUntil(
        'its file to be deleted',
        () => machine.files(),
        (found) => found.length === 1,
      );
      assert.deepEqual(files, [sha1(picture(2, 600_000))]);
      assert.deepEqual([...(await machine.shown()).keys()], files);
      assert.deepEqual(machine.station.notices, []);
      // Sent again, it is one like any other.
      await machine.station.deliver('rpi', NOW + 2, {}, { cam1: picture(1, 300_000) });
      assert.equal((await machine.shown()).size, 2);
    });
  });
});

/** A database that names no picture, and that writes none either where it `isFull`. */
class EmptyDatabase {
  readonly recovered: string[] = [];
  readonly cleared: unknown[] = [];
  /** Ids of pictures whose last row was deleted. */
  removed: readonly string[] = [];
  lossMark: string | undefined;
  isFull = false;
  isLocked = false;

  async call(name: string, argument: unknown): Promise<never> {
    // From the storage thread answers come without types too.
    const { answer }: { answer: never } = JSON.parse(
      JSON.stringify({ answer: this.#answer(name, argument) }),
    );
    return answer;
  }

  async close(): Promise<void> {}

  #answer(name: string, argument: unknown): unknown {
    if (this.isLocked) return failed({ kind: 'locked', message: 'In use' });
    if (name === 'lossMark') return success(this.lossMark);
    if (name === 'clearLossMark') this.cleared.push(argument);
    if (name === 'removedPictures') return success([]);
    if (!Array.isArray(argument)) return success(undefined);
    if (name === 'unnamedPictures')
      return success(argument.map((id: string) => ({ id, isRemoved: this.removed.includes(id) })));
    if (name !== 'recover') return success(undefined);
    if (this.isFull) return failed({ kind: 'full', message: 'The disk is full' });
    this.recovered.push(...argument.map(({ id }) => id));
    return success(argument.length);
  }
}

describe('Comparing pictures with their rows', () => {
  let folder: string;
  let database: EmptyDatabase;
  let messages: string[];
  beforeEach(async () => {
    messages = [];
    folder = await mkdtemp(join(tmpdir(), 'station-reconciliation-'));
    database = new EmptyDatabase();
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** @returns their ids */
  async function addPictures(count: number): Promise<readonly string[]> {
    const all = Array.from({ length: count }, (_, index) => picture(index));
    for (const bytes of all) await writeFile(join(folder, sha1(bytes)), bytes);
    return all.map(sha1).toSorted();
  }

  /** Adds pictures as a power cut right after their commit may leave them. @returns their ids */
  async function addMarked(count: number): Promise<readonly string[]> {
    const ids = await addPictures(count);
    for (const id of ids) await writeFile(join(folder, `${id}.uncommitted`), '');
    return ids;
  }

  /** @param onDescribed called with how many pictures were looked at */
  function start(events: string[] = [], onDescribed: (count: number) => void = () => {}): Reconciliation {
    let described = 0;
    const files = createPictureFolder(folder);
    const pictures = {
      ...files,
      settle: (ids: readonly string[]) => {
        events.push(`unmark ${ids.length}`);
        return files.settle(ids);
      },
      sync: () => {
        events.push('sync');
        return files.sync();
      },
      describe: (id: string) => {
        events.push('describe');
        onDescribed((described += 1));
        return files.describe(id);
      },
    };
    return startReconciliation({
      database,
      pictures,
      now: () => NOW,
      schedule: () => () => {},
      report: ({ message }) => void messages.push(message),
      onRecovered: () => {},
    });
  }

  it('unmarks for good first what a loss may have taken, and clears the mark of the loss when all is done', async () => {
    const ids = await addMarked(2);
    const events: string[] = [];
    database.isFull = true;
    database.lossMark = 'of a loss';
    const reconciliation = start(events);
    await reconciliation.started;
    await reconciliation.stop();
    assert.deepEqual(events.slice(0, 3), ['unmark 2', 'sync', 'describe']);
    assert.deepEqual((await readdir(folder)).toSorted(), ids);
    assert.deepEqual(database.cleared, []);
    database.isFull = false;
    await start().started;
    assert.deepEqual(database.recovered.toSorted(), ids);
    assert.deepEqual(database.cleared, ['of a loss']);
  });

  it('gives rows to the first 200 pictures before it looks at the next, and ends there when it is stopped', async () => {
    await addPictures(450);
    const events: string[] = [];
    const reconciliation = start(events, (count) => {
      if (count === 201) void reconciliation.stop();
    });
    await reconciliation.started;
    await reconciliation.stop();
    assert.equal(database.recovered.length, 400);
    assert.equal(events.filter((event) => event === 'describe').length, 400);
    assert.deepEqual(messages, [
      `The station found 400 pictures (${database.recovered.slice(0, 3).join(', ')} and 397 more) without an entry in its database: the disk may be failing. They are kept, and shown as sensor "recovered".`,
    ]);
    const first = new Set(database.recovered);
    await start().started;
    assert.equal(new Set([...first, ...database.recovered]).size, 450);
  });

  it('deletes what was not received completely only once no other process has the database', async () => {
    await writeFile(join(folder, 'other-1.tmp'), 'half');
    database.isLocked = true;
    await start().started;
    assert.deepEqual(await readdir(folder), ['other-1.tmp']);
    database.isLocked = false;
    await start().started;
    assert.deepEqual(await readdir(folder), []);
  });

  it('deletes all whose last row was deleted, however many they are', async () => {
    database.removed = await addPictures(300);
    await start().started;
    assert.deepEqual(await readdir(folder), []);
    assert.deepEqual(database.recovered, []);
  });
});
