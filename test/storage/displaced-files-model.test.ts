import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { DISPLACEMENTS } from './support/displacements';
import { openNotes, type NotesEngine } from './support/notes-engine';

type Step =
  | { readonly do: 'append' | 'look' | 'restart' | 'kill' | 'back up' | 'restore' | 'clear' }
  | { readonly do: 'displace'; readonly how: number };

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ do: 'append' } as const) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('displace' as const), how: fc.nat(DISPLACEMENTS.length - 1) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('look', 'restart', 'kill', 'back up', 'restore', 'clear' as const),
    }),
  },
);

/** A database, and outside of it what it has to hold. */
class Tested {
  readonly #place: string;
  #notes: NotesEngine;
  #count = 0;
  #kills = 0;
  #folder: string;
  #expected: readonly string[] = [];
  #inBackup: readonly string[] = [];
  /** Whether something was displaced since it was last looked at. */
  #isDisplaced = false;

  constructor(place: string) {
    this.#place = place;
    this.#folder = join(place, 'run', 'notes');
    this.#notes = this.#open();
  }

  #open(): NotesEngine {
    return openNotes(join(this.#folder, 'notes.sqlite'));
  }

  get #backup(): string {
    return join(this.#folder, '../backup');
  }

  async run(step: Step): Promise<void> {
    if (step.do === 'displace') await this.#displace(step.how);
    else if (step.do === 'append') await this.append();
    else if (step.do === 'look') this.#look();
    else if (step.do === 'kill') await this.#kill();
    else if (step.do === 'back up') await this.backUp();
    else await this.#restart(step.do);
  }

  async append(): Promise<void> {
    this.#count += 1;
    assert.equal(await this.#notes.append(`${this.#count}`), 'ok');
    this.#expected = [...this.#expected, `${this.#count}`];
    this.#isDisplaced = false;
  }

  #look(): void {
    this.#notes.look();
    this.#isDisplaced = false;
  }

  /** Backs up as it has to be done: while nothing runs. */
  async backUp(): Promise<void> {
    this.close();
    await rm(this.#backup, { recursive: true, force: true });
    await cp(this.#folder, this.#backup, { recursive: true });
    this.#inBackup = this.#expected;
    this.#notes = this.#open();
    // The log that others put in the place of ours.
    await cp(join(this.#backup, 'notes.sqlite'), join(this.#backup, 'notes.sqlite-wal'));
    await this.#check();
  }

  async #displace(how: number): Promise<void> {
    await rm(`${this.#folder}.old`, { recursive: true, force: true });
    // Two displacements in a row need the files of the first to be there.
    if (this.#isDisplaced) this.#look();
    await DISPLACEMENTS[how]?.[1](this.#folder);
    this.#isDisplaced = true;
  }

  /** Goes on with the files as a process that starts after a kill -9 finds them. */
  async #kill(): Promise<void> {
    // What nobody has looked at since it was deleted ends with the process: nothing can keep that.
    if (this.#isDisplaced) this.#look();
    this.#kills += 1;
    const place = join(this.#place, `after-${this.#kills}`);
    await cp(join(this.#folder, '..'), place, { recursive: true });
    this.close();
    this.#folder = join(place, 'notes');
    this.#notes = this.#open();
    await this.#check();
  }

  /** Ends and starts it; in between data may be restored or cleared, as has to be done. */
  async #restart(how: 'restart' | 'restore' | 'clear'): Promise<void> {
    this.close();
    this.#isDisplaced = false;
    if (how !== 'restart') await rm(this.#folder, { recursive: true });
    if (how === 'clear') this.#expected = [];
    if (how === 'restore') {
      await cp(this.#backup, this.#folder, { recursive: true });
      await rm(join(this.#folder, 'notes.sqlite-wal'), { force: true });
      this.#expected = this.#inBackup;
    }
    this.#notes = this.#open();
    await this.#check();
  }

  async #check(): Promise<void> {
    assert.deepEqual(await this.#notes.texts(), this.#expected);
  }

  close(): void {
    this.#notes.close();
  }

  async end(): Promise<void> {
    await this.#check();
    await this.#restart('restart');
  }
}

describe('a database whose files are displaced in any order', () => {
  it('has all that was acknowledged, and nothing else, after any restart', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 2, maxLength: 12 }), async (drawn) => {
        const place = await mkdtemp(join(tmpdir(), 'displaced-model-'));
        const tested = new Tested(place);
        try {
          await tested.append();
          await tested.backUp();
          for (const step of drawn) await tested.run(step);
          await tested.end();
        } finally {
          tested.close();
          await rm(place, { recursive: true, force: true });
        }
      }),
      { numRuns: 12 },
    );
  });
});
