import assert from 'node:assert/strict';
import { createNameReservations } from '../../../src/station/store/embedded/reservations';
import { within } from '../../support/waiting';

describe('The reservations of file names', () => {
  it('save a name whose deletion has not begun', async () => {
    const reservations = createNameReservations();
    const deleted: string[] = [];
    let finishFirst: (() => void) | undefined;
    const deleteFile = (name: string) => {
      deleted.push(name);
      return name === 'first' ? new Promise<void>((resolve) => (finishFirst = resolve)) : Promise.resolve();
    };
    const removing = reservations.remove(['first', 'second', 'third'], deleteFile);
    await within('the reservation of the second name', reservations.reserve(['second']));
    assert(finishFirst, 'The first deletion has not begun');
    finishFirst();
    await within('the deletions', removing);
    assert.deepEqual(deleted, ['first', 'third']);
  });

  it('wait until a deletion that has begun is finished', async () => {
    const reservations = createNameReservations();
    const steps: string[] = [];
    let finish: (() => void) | undefined;
    const removing = reservations.remove(['a'], () => new Promise<void>((resolve) => (finish = resolve)));
    const reserving = reservations.reserve(['a']).then(() => steps.push('reserved'));
    setImmediate(() => {
      steps.push('deleted');
      finish?.();
    });
    await within('the deletion and the reservation', Promise.all([removing, reserving]));
    assert.deepEqual(steps, ['deleted', 'reserved']);
  });

  it('hold a name until each of them is released', async () => {
    const reservations = createNameReservations();
    const deleted: string[] = [];
    const remove = () =>
      reservations.remove(['a'], async (name) => {
        deleted.push(name);
      });
    const [release, releaseOther] = [await reservations.reserve(['a']), await reservations.reserve(['a'])];
    release();
    await remove();
    assert.deepEqual(deleted, []);
    releaseOther();
    await remove();
    assert.deepEqual(deleted, ['a']);
  });
});
