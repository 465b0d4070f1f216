import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createUserDir, type NodeRed, type NodeStatus, type Version } from '../node-red/support';
import { until } from '../support/waiting';
import { haveAllArrived, checkArrivals } from './arrivals';
import { takeAllRoom } from './full-disk';
import { refusedListIn } from './left-behind';
import { mountMemory, run } from './mounts';
import { Crowd, publishingTo, startOffering } from './offering';
import { ObservedService } from './service';
import { emptyVerdict, type Verdict } from './verdict';

const DISK_BYTES = 16 * 2 ** 20;
/** Readings that wait when the disk is filled: far less than what must stay free of the disk, so that none is dropped. */
const BACKLOG = 40;

/** What became of a Node-RED whose disk was filled. */
export interface NodeRedDiskVerdict extends Verdict {
  /** The codes of the errors that Catch nodes got. */
  readonly codes: ReadonlySet<string>;
  /** The statuses of a publish node. */
  readonly statuses: readonly NodeStatus[];
  readonly log: string;
}

/**
 * Fills the disk of a Node-RED while readings wait, `count` times: what waits must be delivered nevertheless, and once
 * there is room, readings must be accepted again.
 */
export async function runNodeRedFullDisk(version: Version, count: number): Promise<NodeRedDiskVerdict> {
  const userDir = await createUserDir();
  const disk = await mountMemory(join(userDir, 'sensorpost'), DISK_BYTES);
  const service = await ObservedService.start();
  const crowd = new Crowd();
  const verdict = emptyVerdict();
  let nodeRed: NodeRed | undefined;
  try {
    const started = await startOffering(version, publishingTo(service.url), { userDir });
    nodeRed = started;
    const offer = () => crowd.offer(started, 'senio');
    for (let round = 0; round < count; round += 1) {
      await service.leave();
      crowd.start(nodeRed);
      await crowd.hasAccepted(BACKLOG);
      await crowd.end();
      takeAllRoom(join(disk, 'filler'));
      await until('a reading to be turned away', async () => (await offer()) === undefined);
      verdict.faults += 1;
      await service.comeBack();
      if (!(await haveAllArrived(service, crowd.accepted))) verdict.stuck += 1;
      await rm(join(disk, 'filler'));
      await until('a reading to be accepted again', async () => (await offer()) !== undefined);
    }
    if (!(await haveAllArrived(service, crowd.accepted))) verdict.stuck += 1;
    await nodeRed.end('SIGINT');
    const refusedList = await refusedListIn(userDir);
    checkArrivals({ service, offers: crowd, refusedList, endOfLife: 'killed after the answer' }, verdict);
    const codes = new Set(crowd.turnedAway);
    return { ...verdict, codes, statuses: nodeRed.statusesOf('senio'), log: nodeRed.log() };
  } finally {
    await nodeRed?.end('SIGKILL');
    await service.leave();
    await run('umount', disk);
    await rm(userDir, { recursive: true, force: true });
  }
}
