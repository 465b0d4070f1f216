import assert from 'node:assert/strict';
import {
  findContested,
  planAdoptions,
  type Account,
  type Situation,
} from '../../../src/nodes/publishing/adoption';

const URL = 'https://a.example/v1/signals/push';
const OF_A = `databoom ${URL}#a`;
const OF_B = `databoom ${URL}#b`;

const account = (node: string, token: string | undefined, name = '', url = URL): Account => ({
  url,
  account: name,
  node,
  token,
});

/** What becomes of the only queue: the key that it gets, or undefined where it stays as it is. */
function planned(key: string, accounts: readonly Account[], more: Partial<Situation> = {}) {
  const ids = accounts.map(({ node }) => node);
  const exists = (node: string) => ids.includes(node);
  const plan = planAdoptions({ keys: [key], accounts, exists, contested: new Set(), ...more });
  assert(plan.length <= 1);
  return plan[0];
}
const target = (...args: Parameters<typeof planned>) => planned(...args)?.to;

describe('the adoption of queues of Databoom accounts', () => {
  it('leaves a queue alone that a config node leads to', () => {
    assert.equal(target(OF_A, [account('a', 'x')]), undefined);
  });

  it('has an account that is named, or renamed, take its queue with it', () => {
    const accounts = [account('a', 'x', 'garden'), account('b', 'y')];
    assert.equal(target(OF_A, accounts), `${OF_A} garden`);
    assert.equal(target(`${OF_A} attic`, accounts), `${OF_A} garden`);
    assert.equal(target(`${OF_A} garden`, [account('a', 'z')]), OF_A);
  });

  it('begins anew where the server is another one', () => {
    assert.equal(target(OF_A, [account('a', 'x', '', 'https://b.example/v1/signals/push')]), undefined);
  });

  it('gives the queue of an earlier version to the only account of its server and name', () => {
    assert.equal(target(`databoom ${URL}`, [account('a', 'x')]), OF_A);
    const accounts = [account('a', 'x', 'garden'), account('b', 'y', 'attic'), account('c', 'z')];
    assert.equal(target(`databoom ${URL} garden`, accounts), `${OF_A} garden`);
    assert.equal(target(`databoom ${URL} cellar`, accounts), undefined);
  });

  it('gives the queue of an earlier version to the first of several that have the same token', () => {
    assert.equal(target(`databoom ${URL}`, [account('b', 'x'), account('a', 'x')]), OF_A);
  });

  it('leaves to the user which of two accounts the queue of an earlier version belongs to', () => {
    for (const accounts of [
      [account('a', 'x'), account('b', 'y')],
      [account('b', 'y'), account('a', 'x')],
    ])
      assert.deepEqual(planned(`databoom ${URL}`, accounts), {
        from: `databoom ${URL}`,
        to: `databoom ${URL}#`,
        nodes: ['a', 'b'],
        needsEvidence: false,
      });
    assert.equal(target(`databoom ${URL}`, [account('a', 'x'), account('b', undefined)]), `databoom ${URL}#`);
  });

  it('never gives away what only the user can', () => {
    assert.equal(target(`databoom ${URL}#`, [account('a', 'x')]), undefined);
    assert.equal(target(`databoom ${URL}# garden`, [account('a', 'x', 'garden')]), undefined);
  });

  it('wants evidence where an account may have been named since an earlier version', () => {
    const accounts = [account('a', 'x', 'garden'), account('b', 'y')];
    assert.deepEqual(planned(`databoom ${URL}`, accounts), {
      from: `databoom ${URL}`,
      to: OF_B,
      nodes: ['b'],
      needsEvidence: true,
    });
  });

  it('has a named account that was drawn anew take over, but none without a name', () => {
    const drawnAnew = account('b', 'x', 'garden');
    assert.equal(target(`${OF_A} garden`, [drawnAnew]), `${OF_B} garden`);
    assert.equal(target(OF_A, [account('b', 'x')]), undefined);
    assert.equal(target(`${OF_A} garden`, [drawnAnew], { exists: () => true }), undefined);
  });

  it('leaves to the user what is left of an account beside which another one had its name', () => {
    const both = [account('a', 'x', 'garden'), account('b', 'y', 'garden'), account('c', 'y', 'attic')];
    const contested = new Set(findContested(both));
    assert.deepEqual([...contested], ['a', 'b']);
    const [, left] = both;
    assert(left);
    assert.equal(target(`${OF_A} garden`, [left], { contested }), `databoom ${URL}# garden`);
  });

  it('leaves alone the station, other services, and keys of later versions', () => {
    for (const key of ['databoom station/v1/signals/push', `senio ${URL}`, `newer ${URL}`, 'databoom', ''])
      assert.equal(target(key, [account('a', 'x')]), undefined);
  });
});
