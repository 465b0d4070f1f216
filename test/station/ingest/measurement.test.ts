import assert from 'node:assert/strict';
import { presentAt } from '../../../src/clock';
import { inspectImage } from '../../../src/image';
import { success } from '../../../src/result';
import { ingestMeasurement, type Recorder, type UnvalidatedMeasurement } from '../../../src/station/ingest';
import { refuse } from '../../../src/station/protocol';
import { JPEG, NOW, sha1 } from '../support/index';

type Picture =
  UnvalidatedMeasurement['images'] extends Iterable<readonly [string, infer Each]> ? Each : never;

describe('The ingest of a measurement', () => {
  it('discards the pictures that it has staged where another one cannot be written', async () => {
    let isDiscarded = false;
    const verdict = inspectImage(JPEG);
    const bytes = JPEG.length;
    const discard = async () => {
      isDiscarded = true;
    };
    const staged = { id: sha1(JPEG), bytes, verdict, file: '1.tmp', discard };
    const good: Picture = { bytes, verdict, stage: async () => success(staged) };
    const bad: Picture = { bytes, verdict, stage: async () => refuse('unavailable', 'The disk is full.') };
    const recorder: Recorder = {
      present: () => ({ ...presentAt(NOW), isSynchronised: true }),
      record: () => assert.fail('Nothing may be recorded'),
    };
    const measurement = {
      timestamp: NOW,
      scalars: [],
      images: [
        ['cam1', good],
        ['cam2', bad],
      ],
    } as const;
    const ingested = await ingestMeasurement(recorder, 'rpi', measurement);
    assert.equal(ingested.ok ? '' : ingested.failure.message, 'The disk is full.');
    assert.equal(isDiscarded, true);
  });
});
