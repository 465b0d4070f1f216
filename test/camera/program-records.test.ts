import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { createProgramRecords } from '../../src/camera';
import { until } from '../support/waiting';
import { capture, createMachine, isRunning, kindOf, LONG_ENOUGH_MS } from './support';

/** A process of a computer that is not there. */
interface FakeProcess {
  readonly start: number;
  readonly state: 'S' | 'D' | 'Z';
  readonly leadsItsGroup: boolean;
  /** The signal that ends it; "none" for one that is stuck in a driver. */
  readonly endsBy: 'SIGTERM' | 'SIGKILL' | 'none';
}

/** A record as an earlier run left it. The owner is 50, which is gone, or 60, which runs with start 1. */
interface FakeRecord {
  readonly boot: 'this' | 'another';
  readonly namespace: 'this' | 'another';
  readonly pid: number;
  readonly start: number;
  readonly owner: { readonly pid: 50 | 60; readonly start: 1 | 2 };
  readonly isOld: boolean;
}

const PIDS = [100, 101, 102];
const fakeProcess = fc.record<FakeProcess>({
  start: fc.integer({ min: 1, max: 2 }),
  state: fc.constantFrom('S', 'D', 'Z'),
  leadsItsGroup: fc.boolean(),
  endsBy: fc.constantFrom('SIGTERM', 'SIGKILL', 'none'),
});
const fakeRecord = fc.record<FakeRecord>({
  boot: fc.constantFrom('this', 'this', 'this', 'another'),
  namespace: fc.constantFrom('this', 'this', 'this', 'another'),
  pid: fc.constantFrom(...PIDS),
  start: fc.integer({ min: 1, max: 2 }),
  owner: fc.record({ pid: fc.constantFrom(50, 60), start: fc.constantFrom(1, 2) }),
  isOld: fc.boolean(),
});

/** A folder for /proc and one for records. */
function createFakeComputer() {
  const root = mkdtempSync(join(tmpdir(), 'sensorpost-records-'));
  const procRoot = join(root, 'proc');
  const folder = join(root, 'records');
  mkdirSync(join(procRoot, 'sys/kernel/random'), { recursive: true });
  mkdirSync(join(procRoot, 'self/ns'), { recursive: true });
  mkdirSync(folder);
  writeFileSync(join(procRoot, 'sys/kernel/random/boot_id'), 'this\n');
  symlinkSync('this', join(procRoot, 'self/ns/pid'));
  const run = (pid: number, start: number, state = 'S', group = pid) => {
    mkdirSync(join(procRoot, String(pid)), { recursive: true });
    // The program's name may look like the fields behind it.
    const before = `${pid} (a) Z 1 2) ${state} 1 ${group} ${pid} 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0`;
    writeFileSync(join(procRoot, String(pid), 'stat'), `${before} ${start} 1 2 3\n`);
  };
  const end = (pid: number) => rmSync(join(procRoot, String(pid)), { recursive: true, force: true });
  const remove = () => rmSync(root, { recursive: true, force: true });
  return { procRoot, folder, run, end, remove };
}

function isThatProgram({ start }: FakeRecord, program: FakeProcess | undefined): boolean {
  return program !== undefined && program.start === start && program.state !== 'Z' && program.leadsItsGroup;
}

/** Whether a record is of a program that runs and whose owner does not. */
function isLeft(record: FakeRecord, program: FakeProcess | undefined): boolean {
  const isOwnerThere = record.owner.pid === 60 && record.owner.start === 1;
  const isOfHere = record.boot === 'this' && record.namespace === 'this';
  return isOfHere && isThatProgram(record, program) && !isOwnerThere;
}

/** What becomes of a record, where `left` are those of programs that are ended. */
function fateOf(
  record: FakeRecord,
  program: FakeProcess | undefined,
  left: readonly FakeRecord[],
): 'kept' | 'removed' | 'kept or removed' {
  if (record.boot === 'another') return 'removed';
  if (record.namespace === 'another') return record.isOld ? 'removed' : 'kept';
  if (!isThatProgram(record, program)) return 'removed';
  if (program?.endsBy === 'none') return 'kept';
  if (left.includes(record)) return 'removed';
  // Its owner runs; but by another record the program is ended, before or after it is looked at.
  return left.some(({ pid }) => pid === record.pid) ? 'kept or removed' : 'kept';
}

describe('camera: the records of programs', () => {
  it('end what a run that is no more left behind, and nothing else', async () => {
    const scene = fc.record({
      processes: fc.array(fakeProcess, { minLength: PIDS.length, maxLength: PIDS.length }),
      records: fc.array(fakeRecord, { maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(scene, async ({ processes, records }) => {
        const computer = createFakeComputer();
        const running = new Map(processes.map((program, index) => [100 + index, program] as const));
        for (const [pid, { start, state, leadsItsGroup }] of running) {
          computer.run(pid, start, state, leadsItsGroup ? pid : 7);
        }
        computer.run(60, 1);
        computer.run(61, 1);
        const files = records.map((record, index) => {
          const name = `${record.pid}-${index}.json`;
          const { boot, namespace, pid, start, owner } = record;
          const text = {
            boot,
            namespace,
            pid,
            start: String(start),
            ownerPid: owner.pid,
            ownerStart: String(owner.start),
          };
          writeFileSync(join(computer.folder, name), JSON.stringify(text));
          const written = record.isOld ? 0 : 9_999_999;
          utimesSync(join(computer.folder, name), written, written);
          return { name, record };
        });
        const signalled = new Set<number>();
        const programRecords = createProgramRecords(computer.folder, {
          procRoot: computer.procRoot,
          ownPid: 61,
          graceMs: 1,
          now: () => 10_000_000_000,
          killGroup: (id, signal) => {
            signalled.add(id);
            const endsBy = running.get(id)?.endsBy;
            if (endsBy === signal || (endsBy === 'SIGTERM' && signal === 'SIGKILL')) computer.end(id);
          },
        });
        await programRecords.endAbandoned();

        const left = records.filter((record) => isLeft(record, running.get(record.pid)));
        assert.deepEqual(signalled, new Set(left.map(({ pid }) => pid)));
        for (const { name, record } of files) {
          const fate = fateOf(record, running.get(record.pid), left);
          if (fate === 'kept or removed') continue;
          assert.equal(existsSync(join(computer.folder, name)), fate === 'kept', name);
        }
        computer.remove();
      }),
      { numRuns: 60 },
    );
  });

  it('end nothing for what is no record, whatever stands in the file', async () => {
    const computer = createFakeComputer();
    for (const pid of [1, 100]) computer.run(pid, 1);
    const record = { boot: 'this', namespace: 'this', pid: 100, start: '1', ownerPid: 50, ownerStart: '1' };
    const changed = fc
      .tuple(
        fc.constantFrom(...Object.keys(record)),
        fc.oneof(fc.jsonValue(), fc.constantFrom(0, 1, -1, -100, 100.5, '100')),
      )
      .map(([name, value]) => JSON.stringify({ ...record, pid: 1, [name]: value }));
    const signalled: number[] = [];
    const programRecords = createProgramRecords(computer.folder, {
      procRoot: computer.procRoot,
      ownPid: 100,
      graceMs: 1,
      killGroup: (id) => void signalled.push(id),
    });
    const file = join(computer.folder, '100-1.json');
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json(), changed), async (text) => {
        writeFileSync(file, text);
        await programRecords.endAbandoned();
      }),
      { numRuns: 100 },
    );
    writeFileSync(file, `${' '.repeat(2000)}${JSON.stringify(record)}`);
    await programRecords.endAbandoned();
    assert.deepEqual(signalled, []);
    computer.remove();
  });

  it('do without a folder that can be written, and without /proc', async () => {
    const computer = createFakeComputer();
    const file = join(computer.folder, 'a file');
    writeFileSync(file, '');
    for (const [folder, procRoot] of [
      [join(file, 'records'), '/proc'],
      [computer.folder, '/nowhere'],
    ] as const) {
      const programRecords = createProgramRecords(folder, { procRoot });
      const remove = programRecords.add(process.pid);
      await programRecords.endAbandoned();
      remove();
    }
    assert.deepEqual(readdirSync(computer.folder), ['a file']);
    computer.remove();
  });

  it('hold a program from its start to its end', async () => {
    const machine = createMachine();
    const folder = join(machine.folder, 'user folder/records');
    const environment = { ...machine.environment, programRecords: createProgramRecords(folder) };
    const list = 'ls "$HERE/user folder/records" > "$HERE/recorded" 2>/dev/null';
    machine.install(
      'rpicam-still',
      `while ${list}; [ ! -s "$HERE/recorded" ]; do sleep 0.02; done`,
      'exit 3',
    );
    assert.equal(kindOf(await capture({}, environment)), 'no-picture');
    assert.match(readFileSync(machine.path('recorded'), 'utf8'), /^\d+-\d+\.json\n$/);
    assert.deepEqual(readdirSync(folder), []);
    machine.remove();
  });

  it('keep a program that SIGKILL does not end', async () => {
    const machine = createMachine();
    const folder = join(machine.folder, 'records');
    machine.install('rpicam-still', 'echo $$ > "$HERE/pid"', 'exec sleep 1000');
    const programRecords = createProgramRecords(folder);
    const stuck = { ...machine.environment, programRecords, graceMs: 50, killGroup: () => {} };
    assert.equal(kindOf(await capture({ overtimeMs: LONG_ENOUGH_MS }, stuck)), 'hung');
    assert.equal(readdirSync(folder).length, 1);
    // This process runs, so that nobody ends its program for it.
    await createProgramRecords(folder, { graceMs: 50 }).endAbandoned();
    assert.ok(isRunning(machine.path('pid')));
    process.kill(-Number(readFileSync(machine.path('pid'), 'utf8')), 'SIGKILL');
    await until('the end of the program', () => !isRunning(machine.path('pid')));
    await programRecords.endAbandoned();
    assert.deepEqual(readdirSync(folder), []);
    machine.remove();
  });
});

describe('camera: a program that a killed process left', () => {
  const started: ChildProcess[] = [];
  const run = (...command: [string, ...string[]]): number => {
    const child = spawn(command[0], command.slice(1), { detached: true, stdio: 'ignore' });
    started.push(child);
    return child.pid ?? assert.fail('it did not start');
  };
  before(function () {
    if (existsSync('/proc/self/stat')) return;
    console.log('      no /proc here, so what earlier runs left cannot be found');
    this.skip();
  });
  afterEach(() => {
    for (const { pid } of started.splice(0)) {
      try {
        if (pid !== undefined) process.kill(-pid, 'SIGKILL');
      } catch {
        // It has ended, as it should.
      }
    }
  });

  it('ends once its owner has gone, with what it started, although that ignores SIGTERM', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sensorpost-records-'));
    const pidFile = join(folder, 'child');
    const owner = run('sleep', '1000');
    const program = run(
      'sh',
      '-c',
      `trap exit TERM; (trap '' TERM; exec sleep 1000) & echo $! > ${pidFile}; wait`,
    );
    const other = run('sleep', '1000');
    await until(
      'the child of the program',
      () => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '',
    );
    createProgramRecords(folder, { ownPid: owner }).add(program);
    const records = createProgramRecords(folder, { graceMs: 300 });
    await records.endAbandoned();
    assert.ok(isAlive(program) && isRunning(pidFile));

    process.kill(owner, 'SIGKILL');
    await until('the end of the owner', () => !isAlive(owner));
    await records.endAbandoned();
    await until('the end of the program', () => !isAlive(program) && !isRunning(pidFile));
    assert.ok(isAlive(other));
    assert.deepEqual(readdirSync(folder), ['child']);
    rmSync(folder, { recursive: true });
  });
});

/** Whether a process runs; one that only waits to be reaped does not. */
function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/status`, 'utf8').includes('State:\tZ');
  } catch {
    return false;
  }
}
