import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drain, checkAgainst, read, startWriter } from './observer';
import { emptyVerdict, type Verdict } from './verdict';

/** Numbers that one writer may use. */
const NUMBERS_EACH = 1_000_000;

/** Kills a process that accepts and delivers, `count` times, each time at another moment; all use one folder. */
export async function runKills(count: number): Promise<Verdict> {
  const place = await mkdtemp(join(tmpdir(), 'outbox-kills-'));
  const verdict = emptyVerdict();
  try {
    const log = join(place, 'log');
    const folder = join(place, 'sensorpost');
    let accepted = 0;
    for (let round = 0; round < count; round += 1) {
      const writer = startWriter(folder, log, round * NUMBERS_EACH);
      // A different number of acceptances each time, so that the kill falls into different moments.
      await writer.hasAccepted(accepted + 1 + ((round * 37) % 400));
      if ((await writer.kill()) === 'SIGKILL') verdict.faults += 1;
      accepted = read(log).accepted.size;
    }
    checkAgainst(read(log), await drain(folder), verdict, 'killed after the answer');
  } finally {
    await rm(place, { recursive: true, force: true });
  }
  return verdict;
}
