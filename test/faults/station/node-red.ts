/** The station of a real Node-RED, killed again and again. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createUserDir, type FlowNode, type Version } from '../../node-red/support';
import { startInFolder } from '../offering';
import { KEY, TOKEN } from '../../station/support';
import { killAgainAndAgain, type Life } from './lives';
import type { StationVerdict } from './outcome';
import { KEEP_DAYS, SENSORS } from './posts';

const TAB = 'tab-of-the-station';

/** Config nodes of all sensors and of the account, which this Node-RED's station serves, and a publish node of each. */
const FLOWS: readonly FlowNode[] = [
  { id: TAB, type: 'tab', label: 'station' },
  ...SENSORS.flatMap((sensor): readonly FlowNode[] => [
    // Not the sensor's name: Node-RED would take the name in a property for a reference to the node itself.
    { id: `sensor-${sensor}`, type: 'senio-config', sensor, credentials: { key: KEY } },
    {
      id: `publish-${sensor}`,
      type: 'senio-publish',
      config: `sensor-${sensor}`,
      z: TAB,
      x: 100,
      y: 100,
      wires: [[]],
    },
  ]),
  { id: 'account', type: 'databoom-config', credentials: { token: TOKEN } },
  { id: 'push', type: 'databoom-publish', config: 'account', z: TAB, x: 100, y: 100, wires: [[]] },
];

/** Starts a Node-RED whose station takes the posts of senders. */
async function startLife(version: Version, userDir: string): Promise<Life> {
  const settings = `sensorpostStation: { keepDays: ${KEEP_DAYS} },`;
  const isFirst = !existsSync(join(userDir, 'flows.json'));
  const nodeRed = await startInFolder(version, { userDir, settings });
  if (isFirst) await nodeRed.deploy(FLOWS);
  return {
    url: `${nodeRed.url}/station`,
    kill: async () => (await nodeRed.end('SIGKILL')) === 'SIGKILL',
    reports: () =>
      nodeRed
        .log()
        .split('\n')
        .filter((line) => /\[(error|warn)\] \[sensorpost\]/.test(line) && !line.includes('"recovered"')),
  };
}

/** Gives `use` a way to start the lives of a Node-RED whose station takes the posts of senders, and its user folder. */
export async function withStationNodeRed<Value>(
  version: Version,
  use: (userDir: string, start: () => Promise<Life>) => Promise<Value>,
): Promise<Value> {
  const userDir = await createUserDir();
  try {
    return await use(userDir, () => startLife(version, userDir));
  } finally {
    await rm(userDir, { recursive: true, force: true });
  }
}

/** Kills a Node-RED whose station takes posts, `count` times. */
export function runNodeRedStationKills(
  version: Version,
  count: number,
  tell?: (done: number) => void,
): Promise<StationVerdict> {
  return withStationNodeRed(version, (_, start) => killAgainAndAgain(count, start, tell));
}
