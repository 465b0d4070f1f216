import assert from 'node:assert/strict';
import { program } from '../../src/outbox/program';
import { connect } from '../../src/storage/connection';
import { testOutbox, value, type TestOutbox } from './support';

const QUEUE = 'databoom https://example.com#account';

describe('the names that a destination is known to have', () => {
  let test: TestOutbox;

  beforeEach(async () => {
    test = await testOutbox();
    await value(test.outbox.addKnownNames(QUEUE, 'hall', ['temp', 'door']));
    await value(test.outbox.addKnownNames(QUEUE, 'hall', ['temp']));
    await value(test.outbox.addKnownNames(QUEUE, 'attic', ['temp']));
  });
  afterEach(() => test.remove());

  const known = async (group: string, queue = QUEUE) =>
    [...(await value(test.outbox.knownNames(queue, group)))].toSorted();

  it('stay with one group of one destination, also after a restart', async () => {
    for (let life = 0; life < 2; life += 1) {
      assert.deepEqual(await known('hall'), ['door', 'temp']);
      assert.deepEqual(await known('attic'), ['temp']);
      assert.deepEqual([await known('cellar'), await known('hall', 'another')], [[], []]);
      await test.reopen();
    }
  });

  it('disappear where the disk altered them, so that none passes for another', async () => {
    await test.alter("UPDATE known_names SET name = 'dooR' WHERE name = 'door'");
    assert.deepEqual(await known('hall'), ['temp']);
  });

  it('move out of a damaged file where they are sound', () => {
    const [damaged, fresh] = [connect(':memory:', () => {}), connect(':memory:', () => {})];
    for (const each of [damaged, fresh]) for (const sql of program.migrations) each.exec(sql);
    const { operations } = program.open(damaged, []);
    damaged.transaction(() =>
      operations.addKnownNames.run({ destination: QUEUE, group: 'hall', names: ['temp', 'door'] }, 0),
    );
    damaged.exec("UPDATE known_names SET sum = 0 WHERE name = 'door'");
    program.salvage(damaged, fresh);
    const carried = program.open(fresh, []).operations.knownNames;
    assert.deepEqual(carried.run({ destination: QUEUE, group: 'hall' }, 0), ['temp']);
    damaged.close();
    fresh.close();
  });
});
