import type { StorageFailure, StorageProblem } from '../../../storage';
import { refuse } from '../../protocol';

/** Messages for whoever sent the request, which disclose nothing of this machine's files. */
const MESSAGES: Readonly<Record<StorageProblem, string>> = {
  full: "The disk of the station is full: make room on Node-RED's machine, then it works again by itself.",
  locked: 'Another program uses the files of the station, probably a second Node-RED: stop one of the two.',
  busy: 'Too much waits for the disk of the station at this moment. Send it again in a second.',
  newer: 'The files of the station were written by a newer version of Sensorpost: update this one.',
  stopped: 'The station was restarted meanwhile. Send it again.',
  closed: 'The station is being closed. Send it again when Node-RED runs its flows.',
  storage: "The station cannot use its files: Node-RED's log says why.",
};

/** The refusal of a request for which the storage does not work now. */
export function refuseUnavailable({ kind }: StorageFailure) {
  return refuse('unavailable', MESSAGES[kind]);
}
