/** What becomes of messages of every kind, checked by hand-written expectations, and written into docs/messages.md. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../node-red/support';
import type { SystemMessage, Value } from './message';
import { databoomGets, DEFAULTS, senioGets, TOLERANT, type Outcome } from './outcome';
import { writePage } from './page';
import { CHAPTERS, type Expected, type Shape } from './shapes';
import { SYSTEMS } from './systems';

const PAGE = join(ROOT, 'docs/messages.md');

describe('messages of every kind', () => {
  let timeZone: string | undefined;
  before(() => {
    // Times without an offset are those of the machine.
    timeZone = process.env['TZ'];
    process.env['TZ'] = 'UTC';
  });
  after(() => {
    if (timeZone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = timeZone;
  });

  it('number 100 shapes, and ten messages of each of ten systems', () => {
    const names = CHAPTERS.flatMap((chapter) => chapter.shapes.map(({ name }) => `${chapter.name}: ${name}`));
    assert(names.length >= 100);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual(
      SYSTEMS.map(({ messages }) => messages.length),
      Array.from({ length: 10 }, () => 10),
    );
  });

  for (const { name, options, shapes } of CHAPTERS) {
    const settings = { ...DEFAULTS, ...options };
    it(`give both services what is expected: ${name}`, () => {
      for (const shape of shapes) {
        check(senioGets(shape, settings), shape.senio, shape, `${shape.name}, to Senio`);
        check(databoomGets(shape, settings), shape.databoom, shape, `${shape.name}, to Databoom`);
      }
    });
  }

  for (const { name, messages } of SYSTEMS) {
    it(`of ${name} give Senio the numbers that people look for, and no other value than theirs`, () => {
      for (const message of messages) {
        const numbers = Object.entries(message.expected).filter(([, value]) => typeof value === 'number');
        checkSystem(senioGets(message, TOLERANT), message, Object.fromEntries(numbers));
      }
    });

    it(`of ${name} give Databoom the values that people look for, and no other value than theirs`, () => {
      for (const message of messages) checkSystem(databoomGets(message, TOLERANT), message, message.expected);
    });
  }

  it('stand in docs/messages.md as the nodes treat them', () => {
    const page = writePage(CHAPTERS, SYSTEMS);
    if (process.env['WRITE_PAGES'] === '1') writeFileSync(PAGE, page);
    assert.equal(readFileSync(PAGE, 'utf8'), page, 'run WRITE_PAGES=1 npm test -- --grep docs/messages.md');
  });
});

/** Checks what a service gets of a shape. */
function check(outcome: Outcome, expected: Expected, { at }: Pick<Shape, 'at'>, name: string): void {
  if (expected === 'error') {
    assert('error' in outcome, `${name} is an error`);
    return;
  }
  assert(!('error' in outcome), `${name}: ${'error' in outcome ? outcome.error : ''}`);
  // As they go over the network: JSON has no -0.
  const readings: unknown = JSON.parse(JSON.stringify(outcome.readings.map(({ values }) => values)));
  assert.deepEqual(readings, Array.isArray(expected) ? expected : [expected], name);
  if (at !== undefined) for (const reading of outcome.readings) assert.equal(reading.at, at, name);
}

/** Checks what a service gets of a system's message. One that has nothing for it is an error. */
function checkSystem(outcome: Outcome, message: SystemMessage, expected: SystemMessage['expected']): void {
  const { name, payload, at } = message;
  if ('error' in outcome) {
    assert.deepEqual(expected, {}, `${name}: ${outcome.error}`);
    return;
  }
  const [reading, ...more] = outcome.readings;
  assert(reading && more.length === 0, `${name} is one reading`);
  for (const [field, value] of Object.entries(expected))
    assert.equal(reading.values[field], value, `${name}: ${field}`);
  if (at !== undefined) assert.equal(reading.at, at, `${name}: its time`);
  const leaves = new Set(leavesOf(payload));
  for (const [field, value] of Object.entries(reading.values))
    assert(leaves.has(value) || leaves.has(String(value)), `${name}: ${field}`);
}

/** All values in a payload, however deep, found without the code that is tested. */
function leavesOf(payload: unknown): readonly Value[] {
  const leaves: Value[] = [];
  JSON.parse(JSON.stringify(payload), (_key, value: unknown) => {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      leaves.push(value);
    return value;
  });
  return leaves;
}
