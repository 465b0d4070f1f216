import { describe } from '../../result';
import type { StorageFailure, StorageProblem } from '../../storage';
import { MAX_FIELDS, MAX_FIELDS_PER_SOURCE, MAX_SOURCES } from '../limits';
import { refuse } from '../refusal';
import type { KeepRefusal, NewColumn } from './operations';

/** In words for whoever sent the request: of this machine's files they get to know nothing. */
const WORDS: Readonly<Record<StorageProblem, string>> = {
  full: "The disk of the station is full: make room on Node-RED's machine, then it works again by itself.",
  locked: 'Another program uses the files of the station, probably a second Node-RED: stop one of the two.',
  busy: 'Too much waits for the disk of the station at this moment. Send it again in a second.',
  newer: 'The files of the station were written by a newer version of Sensorpost: update this one.',
  stopped: 'The station was restarted meanwhile. Send it again.',
  closed: 'The station is being closed. Send it again when Node-RED runs its flows.',
  storage: "The station cannot use its files: Node-RED's log says why.",
};

/** Storage that does not work now. */
export function unavailable({ kind }: StorageFailure) {
  return refuse('unavailable', WORDS[kind]);
}

/** Values that the store does not take. */
export function keepRefusal({ reason, column }: KeepRefusal, columns: readonly NewColumn[]) {
  const { kind = 'sensor', name = '', field = '', type = 'number' } = columns[column] ?? {};
  if (reason === 'mixed') {
    const [has, got] = type === 'image' ? ['numbers', 'a picture'] : ['pictures', 'a number'];
    const message = `Field ${describe(field)} has ${has} so far, and this is ${got}: give it a field of its own.`;
    return refuse('invalid', message);
  }
  if (reason === 'sources') {
    const message = `The station has ${MAX_SOURCES} sensors and devices, which is the most: there is no room for ${describe(name)}.`;
    return refuse('invalid', message);
  }
  return refuse(
    'invalid',
    `There is no room for field ${describe(field)} of ${kind} ${describe(name)}: ${MAX_FIELDS_PER_SOURCE} fields of one, and ${MAX_FIELDS} of all, are the most.`,
  );
}
