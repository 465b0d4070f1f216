import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createTimekeeper } from '../../src/clock';
import type { ProgramRun } from '../../src/clock/environment';
import {
  CHRONY_LOCAL,
  CHRONY_SET,
  CHRONY_UNSET,
  FAILED,
  KERNEL_SET,
  KERNEL_UNSET,
  Machine,
  SECOND,
} from './machine';

const MISSING: ProgramRun = { type: 'missing' };

/** What can be seen of a machine for a while; each is one of a few states, as people would name them. */
interface Scene {
  readonly timesyncd: 'off' | 'searching' | 'done';
  readonly chrony: 'not installed' | 'off' | 'mute' | 'searching' | 'local' | 'done';
  readonly kernel: 'no python' | 'late' | 'unsynchronised' | 'synchronised';
}

const SCENE: fc.Arbitrary<Scene> = fc.record({
  timesyncd: fc.constantFrom('off', 'off', 'off', 'searching', 'done'),
  chrony: fc.constantFrom('not installed', 'not installed', 'off', 'mute', 'searching', 'local', 'done'),
  kernel: fc.constantFrom('no python', 'late', 'unsynchronised', 'unsynchronised', 'synchronised'),
});

const CHRONYC: Readonly<Record<Scene['chrony'], ProgramRun>> = {
  'not installed': MISSING,
  off: FAILED,
  mute: FAILED,
  searching: CHRONY_UNSET,
  local: CHRONY_LOCAL,
  done: CHRONY_SET,
};

const KERNEL: Readonly<Record<Scene['kernel'], ProgramRun>> = {
  'no python': MISSING,
  late: FAILED,
  unsynchronised: KERNEL_UNSET,
  synchronised: KERNEL_SET,
};

/** Longer than it takes until nothing new is learnt from what stays as it is. */
const SCENE_MS = 330 * SECOND;

function show(machine: Machine, { timesyncd, chrony, kernel }: Scene): void {
  machine.stopTimesyncd();
  if (timesyncd !== 'off') machine.startTimesyncd();
  if (timesyncd === 'done') machine.sayIsSynchronised();
  machine.stopChronyd();
  if (!['not installed', 'off'].includes(chrony)) machine.startChronyd();
  machine.chronyc = CHRONYC[chrony];
  machine.kernel = KERNEL[kernel];
}

/** Whether something that speaks for the clock says that it is right, and whether something says that it is not. */
function evidenceIn({ timesyncd, chrony, kernel }: Scene, isPc: boolean): 'right' | 'wrong' | 'none' {
  // Whoever sets the clock knows best; the kernel is asked where nobody does, or nobody answers.
  if (timesyncd !== 'off') return timesyncd === 'done' ? 'right' : 'wrong';
  if (chrony === 'done') return 'right';
  if (chrony === 'searching' || chrony === 'local') return 'wrong';
  if (kernel === 'synchronised') return 'right';
  // Without anybody who would set it, the clock of a PC is right all the same.
  return kernel === 'unsynchronised' && (!isPc || chrony === 'mute') ? 'wrong' : 'none';
}

describe('how far a clock is trusted', () => {
  it('follows the evidence of the boot, and never falls, whatever comes and goes', async () => {
    const scenes = fc.array(SCENE, { minLength: 1, maxLength: 8 });
    const property = fc.asyncProperty(scenes, fc.boolean(), async (seen, isPc) => {
      const machine = new Machine({ hasTimesyncd: false });
      const [first] = seen;
      if (first) show(machine, first);
      const timekeeper = createTimekeeper({ ...machine.environment, architecture: isPc ? 'x64' : 'arm' });
      let expected = 'unknown';
      for (const scene of seen) {
        show(machine, scene);
        await machine.pass(SCENE_MS);
        const evidence = evidenceIn(scene, isPc);
        if (evidence === 'right') expected = 'set';
        if (evidence === 'wrong' && expected !== 'set') expected = 'unset';
        assert.equal(timekeeper.boot()?.trust, expected, JSON.stringify(scene));
      }
      timekeeper.close();
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it('takes no clock at its word because one or two looks fail', async () => {
    const blink = fc.record({ chrony: fc.constantFrom('off', 'mute'), kernel: fc.constantFrom('late') });
    const steady = fc.constantFrom<Scene['chrony']>('searching', 'local');
    await fc.assert(
      fc.asyncProperty(fc.array(blink, { minLength: 1, maxLength: 2 }), steady, async (blinks, chrony) => {
        const machine = new Machine({ hasTimesyncd: false });
        const timekeeper = createTimekeeper(machine.environment);
        for (const each of blinks) {
          show(machine, { timesyncd: 'off', ...each });
          await machine.pass(9 * SECOND);
          assert.equal(timekeeper.boot()?.trust, 'unset');
        }
        show(machine, { timesyncd: 'off', chrony, kernel: 'late' });
        await machine.pass(SCENE_MS);
        assert.equal(timekeeper.boot()?.trust, 'unset');
        timekeeper.close();
      }),
    );
  });
});
