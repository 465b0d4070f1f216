/**
 * Many devices of one Databoom account, most of which the server turns away for a while or for good, and a Node-RED
 * that is killed again and again.
 */
import { rm } from 'node:fs/promises';
import { createUserDir, type NodeRed, type Version } from '../node-red/support';
import { checkArrivals, haveAllArrived } from './arrivals';
import { refusedListIn, waitingIn } from './left-behind';
import { BEGIN, type Offer } from './offers';
import { Crowd, publishingTo, startInFolder, startOffering } from './offering';
import { ObservedService, type Carried } from './service';
import { countTrouble, emptyVerdict, type Verdict } from './verdict';
import { seeded } from './ways';

/** With what a device is answered: `undefined` where its readings are taken. */
type Answer = 404 | 401 | 503 | undefined;

/** How a device is answered in one life of the publisher after another. */
type Kind = 'good' | 'picky' | 'changing' | 'changing and picky' | Exclude<Answer, undefined>;

/** The devices by their numbers. A picky one has some readings that are refused with 400, each time. */
const KINDS: readonly Kind[] = [
  'good',
  404,
  'changing',
  'picky',
  401,
  'changing and picky',
  'good',
  503,
  'changing',
  'good',
  'changing',
  'changing and picky',
];

const CHANGES: readonly Answer[] = [undefined, undefined, 404, 401, 503];

/** Each of the other lanes has one turn before a lane has its own, and each that failed may be tried once in between. */
const MOST_TURNED_AWAY = 2 * KINDS.length + 4;

/** How long the service takes for an answer, by turns; undefined where it is not there at all. */
const DELAYS_MS = [5, 60, undefined, 20];

const SEED = 20_261_123;

/** What became of the readings of many devices. */
export interface DevicesVerdict extends Verdict {
  /** How many wait for good, of devices that are turned away for good. */
  waiting: number;
  /** How many kills came while readings of devices that are taken were waiting. */
  underLoad: number;
  /** How many requests for others were turned away, at most, before the readings of good devices had got through. */
  mostTurnedAway: number;
  /** The statuses with which requests were turned away. */
  readonly statuses: Set<number>;
}

/** Kills a Node-RED `count` times that publishes for all of the devices. */
export async function runSeveralDevices(
  version: Version,
  count: number,
  tell: (done: number) => void = () => {},
): Promise<DevicesVerdict> {
  const userDir = await createUserDir();
  const devices = new Devices(seeded(SEED));
  const service = await ObservedService.start({
    offerOf: offerOfDevice,
    turnsAway: (carried) => devices.answer(carried),
  });
  const crowd = new Crowd({ routes: ['databoom'], offerOf: offerOfDevice });
  const verdict = {
    ...emptyVerdict(),
    waiting: 0,
    underLoad: 0,
    mostTurnedAway: 0,
    statuses: devices.statuses,
  };
  let nodeRed: NodeRed | undefined;
  try {
    nodeRed = await startOffering(version, publishingTo(service.url), { userDir });
    for (let round = 0; round < count; round += 1) {
      // Now and then the next kill comes before what waited from the last life is through.
      if (round % 3 > 0) await letGoodOnesThrough({ service, crowd, devices }, verdict);
      const delay = DELAYS_MS[round % DELAYS_MS.length];
      service.delayMs = delay ?? 0;
      if (delay === undefined) await service.leave();
      crowd.start(nodeRed);
      await crowd.hasAccepted(KINDS.length + ((round * 37) % 300));
      if (missing(crowd, service, isTakenInTheEnd).length > 0) verdict.underLoad += 1;
      if ((await nodeRed.end('SIGKILL')) === 'SIGKILL') verdict.faults += 1;
      await crowd.end();
      await service.endLife();
      await service.comeBack();
      service.delayMs = 0;
      devices.beginLife(round < count - 1 ? 'changing' : 'settled', missing(crowd, service, isGood));
      nodeRed = await startInFolder(version, { userDir });
      tell(round + 1);
    }
    await letGoodOnesThrough({ service, crowd, devices }, verdict);
    if (!(await haveAllArrived(service, missing(crowd, service, isTakenInTheEnd)))) verdict.stuck += 1;
    await nodeRed.end('SIGINT');
    const left = { refusedList: await refusedListIn(userDir), waiting: await waitingIn(userDir) };
    verdict.waiting = left.waiting.size;
    checkArrivals({ service, offers: crowd, ...left, endOfLife: 'killed after the answer' }, verdict);
  } finally {
    await nodeRed?.end('SIGKILL');
    await service.leave();
    await rm(userDir, { recursive: true, force: true });
  }
  return verdict;
}

const numberOf = (id: number) => id % KINDS.length;

function offerOfDevice(id: number): Offer {
  const device = `device-${numberOf(id)}`;
  return { service: 'databoom', timestamp: BEGIN + id, data: { number: id }, device, picture: undefined };
}

function kindOf(id: number): Kind {
  return KINDS[numberOf(id)] ?? 'good';
}

const isGood = (id: number) => kindOf(id) === 'good';
const isTakenInTheEnd = (id: number) => typeof kindOf(id) === 'string';

/** Every ninth reading of a picky device is refused. */
function isWrong(id: number): boolean {
  return String(kindOf(id)).endsWith('picky') && Math.floor(id / KINDS.length) % 9 === 4;
}

/** How the server answers the devices now. */
class Devices {
  readonly statuses = new Set<number>();
  /** How many requests of this life were turned away before the last one that brought something of its backlog. */
  turnedAwayBefore = 0;
  readonly #random: () => number;
  #answers: readonly Answer[] = [];
  /** What waited of good devices when this life began. */
  #backlog: ReadonlySet<number> = new Set();
  /** How many requests of this life were turned away with something else than 400. */
  #turnedAway = 0;

  constructor(random: () => number) {
    this.#random = random;
    this.beginLife('changing', []);
  }

  answer({ ids }: Carried): number | undefined {
    const [id = 0] = ids;
    const answer = this.#answers[numberOf(id)];
    const status = answer ?? (ids.some(isWrong) ? 400 : undefined);
    if (answer !== undefined) this.#turnedAway += 1;
    if (ids.some((each) => this.#backlog.has(each))) this.turnedAwayBefore = this.#turnedAway;
    if (status !== undefined) this.statuses.add(status);
    return status;
  }

  /** Draws new answers for those that change; `settled`, they are taken from now on. */
  beginLife(mode: 'changing' | 'settled', backlog: readonly number[]): void {
    this.#backlog = new Set(backlog);
    this.#turnedAway = 0;
    this.turnedAwayBefore = 0;
    this.#answers = KINDS.map((kind) => {
      if (typeof kind === 'number') return kind;
      const isDrawn = mode === 'changing' && kind.startsWith('changing');
      return isDrawn ? CHANGES[Math.floor(this.#random() * CHANGES.length)] : undefined;
    });
  }
}

/** The accepted readings of some devices that neither arrived nor were refused. */
function missing(
  { accepted }: Crowd,
  { deliveries, refused }: ObservedService,
  isWanted: (id: number) => boolean,
): readonly number[] {
  return [...accepted].filter((id) => isWanted(id) && !deliveries.has(id) && !refused.has(id));
}

interface Scene {
  readonly service: ObservedService;
  readonly crowd: Crowd;
  readonly devices: Devices;
}

/** What waits of good devices gets through, whatever becomes of the others, and those are not asked much before. */
async function letGoodOnesThrough(
  { service, crowd, devices }: Scene,
  verdict: DevicesVerdict,
): Promise<void> {
  if (!(await haveAllArrived(service, missing(crowd, service, isGood)))) verdict.stuck += 1;
  const turnedAway = devices.turnedAwayBefore;
  verdict.mostTurnedAway = Math.max(verdict.mostTurnedAway, turnedAway);
  if (turnedAway > MOST_TURNED_AWAY)
    countTrouble(verdict, 'unexplained', `good devices waited for ${turnedAway} requests of others`);
}
