import assert from 'node:assert/strict';
import { isIPv6, Socket } from 'node:net';
import * as fc from 'fast-check';
import { addressOf, createQuota } from '../../src/serving';

/** A request from an address, as Node.js gives it. */
function requestFrom(remoteAddress: string | undefined) {
  return { socket: Object.defineProperty(new Socket(), 'remoteAddress', { value: remoteAddress }) };
}

describe('A quota', () => {
  it('never gives more than there is, in all or to one address, and takes everything back', () => {
    const step = fc.record({
      address: fc.constantFrom('a', 'b', 'c'),
      amount: fc.integer({ min: 0, max: 6 }),
      isGivenBack: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const quota = createQuota({ inAll: 10, perAddress: 5 });
        const held: { address: string; amount: number; giveBack: () => void }[] = [];
        const sum = (of?: string) =>
          held
            .filter(({ address }) => of === undefined || address === of)
            .reduce((total, { amount }) => total + amount, 0);
        for (const { address, amount, isGivenBack } of steps) {
          const giveBack = quota.take(address, amount);
          const hasRoom = sum() + amount <= 10 && sum(address) + amount <= 5;
          assert.equal(giveBack !== undefined, hasRoom);
          if (giveBack) held.push({ address, amount, giveBack });
          // Twice, of which one is one too many.
          if (isGivenBack)
            for (const { giveBack: undo } of [held[0], held.shift()].flatMap((each) => each ?? [])) undo();
        }
        for (const { giveBack } of held) giveBack();
        assert(quota.take('a', 5) && quota.take('b', 5));
      }),
    );
  });

  it('counts what one request takes bit by bit', () => {
    const quota = createQuota({ inAll: 10, perAddress: 5 });
    const [one, other] = [quota.shareOf('a'), quota.shareOf('a')];
    assert.deepEqual([one.take(3), other.take(2), one.take(1)], [true, true, false]);
    one.giveBack();
    assert.equal(other.take(3), true);
  });
});

describe('The address that a client counts by', () => {
  it('stays an IPv4 address, also where IPv6 carries it', () => {
    for (const [given, expected] of [
      ['192.168.1.7', '192.168.1.7'],
      ['::ffff:192.168.1.7', '192.168.1.7'],
      ['::FFFF:10.0.0.1', '10.0.0.1'],
      [undefined, ''],
    ] as const)
      assert.equal(addressOf(requestFrom(given)), expected);
  });

  it('has the first half of IPv6, however it is written', () => {
    for (const [given, expected] of [
      ['::1', '0:0:0:0'],
      ['fe80::1%eth0', 'fe80:0:0:0'],
      ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
      ['2001:DB8:1:2::6', '2001:db8:1:2'],
      ['2001:db8::', '2001:db8:0:0'],
      ['2001:db8::1:2:3:4:5', '2001:db8:0:1'],
    ] as const) {
      assert(isIPv6(given));
      assert.equal(addressOf(requestFrom(given)), expected);
    }
  });
});
