import assert from 'node:assert/strict';
import { createCertificate } from '../support/certificates';
import { runFailingNetwork, type NetworkVerdict } from './failing-network';
import { NETWORK_FAULTS } from './network';
import { troublesOf } from './verdict';

const READINGS = 100;

/** Everything arrived once, unless its answer was lost, and every fault happened. */
function assertAllArrived(verdict: NetworkVerdict): void {
  const { notes, accepted, delivered, refused, duplicates, happened, failures } = verdict;
  const found = { ...troublesOf(verdict), notes };
  assert.deepEqual(found, { lost: 0, altered: 0, unexplained: 0, stuck: 0, notes: [] });
  assert.deepEqual({ accepted, delivered, refused }, { accepted: READINGS, delivered: READINGS, refused: 0 });
  assert.deepEqual([...duplicates.keys()], ['answer lost']);
  assert.deepEqual(new Set(happened.keys()), NETWORK_FAULTS);
  assert.ok(verdict.slowThatWorked > 0, 'No answer came after a slow handshake');
  for (const failure of ['offline ECONNRESET', 'timeout '])
    assert.ok(failures.has(failure), `The publisher never met "${failure}"`);
}

describe('publishing over a network that fails', function () {
  // Many waits for the publisher's patience to end, seven seconds each.
  this.timeout(600_000);

  it('delivers every reading over connections that break in every way', async () => {
    assertAllArrived(await runFailingNetwork(READINGS));
  });

  it('delivers every reading over TLS connections that break in every way', async function () {
    const certificate = createCertificate('IP:127.0.0.1');
    if (!certificate) {
      console.log('    Skipped: there is no openssl to make a certificate');
      return this.skip();
    }
    return assertAllArrived(await runFailingNetwork(READINGS, certificate));
  });
});
