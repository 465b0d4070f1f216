import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createUsedEstimate } from '../../../src/station/store/embedded/program/used-estimate';

/** Appended bytes, how much of them is really stored, and whether something else frees or recovers room then. */
const steps = fc.array(
  fc.record({
    bytes: fc.integer({ min: 0, max: 40_000 }),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
    jump: fc.oneof(
      { weight: 19, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.integer({ min: -1_000_000, max: 1_000_000 }) },
    ),
  }),
  { maxLength: 100, size: 'max' },
);

describe('The estimate of what a station has stored', () => {
  it('says never less than is stored, and asks for it rarely', () => {
    fc.assert(
      fc.property(steps, (drawn) => {
        let [used, asked, counted, jumps] = [5_000_000, 0, 0, 0];
        const estimate = createUsedEstimate(() => {
          asked += 1;
          return used;
        });
        for (const { bytes, part, jump } of drawn) {
          assert(estimate.withMore(bytes) >= used + bytes * part);
          used += bytes * part;
          counted += bytes;
          if (jump === null) continue;
          used += jump;
          jumps += 1;
          estimate.invalidate();
        }
        // It is asked anew with the first reading after so many, each of at most 40,000.
        assert(asked >= counted / (65_536 + 2 * 40_000) - 1, `${asked} times for ${counted} bytes`);
        assert(asked <= 1 + jumps + counted / 65_536, `${asked} times for ${counted} bytes`);
      }),
    );
  });
});
