import { rm } from 'node:fs/promises';
import { createUserDir, type NodeRed, type NodeStatus, type Version } from '../node-red/support';
import { until } from '../support/waiting';
import { haveAllArrived, checkArrivals } from './arrivals';
import { refusedListIn } from './left-behind';
import { Crowd, publishingTo, startInFolder, startOffering } from './offering';
import { ObservedService } from './service';
import { emptyVerdict, type Verdict } from './verdict';

const READINGS = 20;

/** What became of two Node-REDs on one folder. */
export interface SecondVerdict extends Verdict {
  /** The codes of the errors that Catch nodes of the second got while the first ran. */
  readonly codes: ReadonlySet<string>;
  /** What a publish node of the second showed. */
  readonly statuses: readonly NodeStatus[];
  /** What the second wrote to its log. */
  readonly log: string;
}

/** Starts a second Node-RED on the folder of a first, offers readings to both, stops the first and offers to the second. */
export async function runSecondNodeRed(version: Version): Promise<SecondVerdict> {
  const userDir = await createUserDir();
  const service = await ObservedService.start();
  const crowd = new Crowd();
  const verdict = emptyVerdict();
  const started: NodeRed[] = [];
  try {
    const first = await startOffering(version, publishingTo(service.url), { userDir });
    started.push(first);
    await offerSome(first, crowd);
    const second = await startInFolder(version, { userDir });
    started.push(second);
    const kept = crowd.accepted.size;
    await offerSome(second, crowd);
    // Had the second accepted anything, nobody would know whose reading it is.
    verdict.unexplained += crowd.accepted.size - kept;
    await second.until(() => second.statusesOf('senio').some(({ text }) => text === 'folder in use'));
    verdict.faults += 1;
    await offerSome(first, crowd);
    if (!(await haveAllArrived(service, crowd.accepted))) verdict.stuck += 1;
    await first.end('SIGINT');
    await service.endLife();
    await until(
      'the second to accept a reading',
      async () => (await crowd.offer(second, 'senio')) !== undefined,
    );
    await offerSome(second, crowd);
    if (!(await haveAllArrived(service, crowd.accepted))) verdict.stuck += 1;
    await second.end('SIGINT');
    const refusedList = await refusedListIn(userDir);
    checkArrivals({ service, offers: crowd, refusedList, endOfLife: 'killed after the answer' }, verdict);
    const codes = new Set(crowd.turnedAway);
    return { ...verdict, codes, statuses: second.statusesOf('senio'), log: second.log() };
  } finally {
    for (const nodeRed of started) await nodeRed.end('SIGKILL');
    await service.leave();
    await rm(userDir, { recursive: true, force: true });
  }
}

async function offerSome(nodeRed: NodeRed, crowd: Crowd): Promise<void> {
  for (let count = 0; count < READINGS; count += 1)
    await crowd.offer(nodeRed, count % 2 === 0 ? 'senio' : 'databoom');
}
