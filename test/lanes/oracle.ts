import { medianOf } from '../support/median';
import type { Observed } from './simulation';
import { HOUR_MS, type DevicePlan } from './plan';
import type { Arrival, Phase, Request } from './service';

/** For so long after an outage its delays are not held against anybody: the longest pause of the circuit, and a bit. */
const RECOVERY_MS = 900_000;

const MOST_REQUESTS_AN_HOUR = 12;

/** Leased at the same time: a batch for each of four requests, and one that is under way to or from the outbox. */
const MOST_LEASED = 5 * 500;

/** Everything that must not have happened, in words; none where all is right. */
export function troublesOf(observed: Observed): readonly string[] {
  const { plan, accepted, arrivals, mostLeased, token } = observed;
  const troubles = plan.devices.flatMap((device) => troublesOfDevice(observed, device));
  const foreign = arrivals.filter((arrival) => arrival.token !== token).length;
  if (foreign > 0) troubles.push(`${foreign} readings came with another token`);
  if (mostLeased > MOST_LEASED) troubles.push(`${mostLeased} items were leased at once`);
  const known = new Set(accepted.map(({ timestamp }) => timestamp));
  const unknown = arrivals.filter(({ timestamp }) => !known.has(timestamp)).length;
  if (unknown > 0) troubles.push(`${unknown} readings arrived that nobody accepted`);
  return troubles;
}

function troublesOfDevice(observed: Observed, device: DevicePlan): string[] {
  return [
    ...lossesOf(observed, device),
    ...overtakingOf(observed, device),
    ...starvationOf(observed, device),
    ...pesteringOf(observed, device),
  ].map((trouble) => `${device.name}: ${trouble}`);
}

/** What a device that is accepted in the end does not have, or has twice, or has and should not have. */
function lossesOf({ accepted, arrivals, refused, plan }: Observed, device: DevicePlan): string[] {
  const troubles: string[] = [];
  const last = device.phases.at(-1)?.behaviour;
  const refusedTimes = new Set(refused);
  const arrived = new Map<number, number>();
  for (const { device: name, timestamp } of arrivals)
    if (name === device.name) arrived.set(timestamp, (arrived.get(timestamp) ?? 0) + 1);
  const mine = accepted.filter((reading) => reading.device === device.name);
  const twice = [...arrived.values()].filter((count) => count > 1).length;
  if (twice > 0) troubles.push(`${twice} arrived more than once`);
  if (last?.kind !== 'fails') {
    const lost = mine.filter(({ timestamp }) => !arrived.has(timestamp) && !refusedTimes.has(timestamp));
    if (lost.length > 0) troubles.push(`${lost.length} of ${mine.length} neither arrived nor are refused`);
  }
  const isEverPicky = device.phases.some(({ behaviour }) => behaviour.kind === 'picky');
  const wronglyRefused = mine.filter(
    ({ timestamp, value }) => refusedTimes.has(timestamp) && !(isEverPicky && mayBeRefused(device, value)),
  );
  if (wronglyRefused.length > 0) troubles.push(`${wronglyRefused.length} were refused that nothing refuses`);
  if (plan.durationMs <= 0) troubles.push('nothing was simulated');
  return troubles;
}

function mayBeRefused({ phases }: DevicePlan, value: number): boolean {
  return phases.some(({ behaviour }) => behaviour.kind === 'picky' && value % behaviour.every === 0);
}

/** Readings that younger ones of their lane overtook, though they had not failed alone. */
function overtakingOf({ arrivals, requests }: Observed, device: DevicePlan): string[] {
  const mine = arrivals.filter((arrival) => arrival.device === device.name);
  let latest: Arrival | undefined;
  let count = 0;
  for (const arrival of mine) {
    if (latest && arrival.timestamp < latest.timestamp && !wasTried(requests, arrival, latest.at)) count += 1;
    else latest = !latest || arrival.timestamp > latest.timestamp ? arrival : latest;
  }
  return count > 0 ? [`${count} were overtaken`] : [];
}

function wasTried(requests: readonly Request[], { timestamp }: Arrival, before: number): boolean {
  return requests.some(
    (request) => request.only === timestamp && request.failure !== undefined && request.at < before,
  );
}

/** Whether the median delay of a good device is two intervals or more while the account is up. */
function starvationOf(observed: Observed, device: DevicePlan): string[] {
  const delays = delaysOf(observed, device);
  const median = medianOf(delays);
  if (median === undefined || median < 2 * device.intervalMs) return [];
  return [`median delay ${Math.round(median / 1000)} s with an interval of ${device.intervalMs / 1000} s`];
}

/** How long readings of a device took that were taken while it and the account were up. */
export function delaysOf(
  { accepted, arrivals, plan, start }: Observed,
  device: DevicePlan,
): readonly number[] {
  const isOnlyGood = device.phases.every(({ behaviour }) => behaviour.kind === 'good');
  if (!isOnlyGood) return [];
  const arrivedAt = new Map(arrivals.map(({ timestamp, at }) => [timestamp, at]));
  return accepted
    .filter((reading) => reading.device === device.name)
    .filter(({ at }) => !plan.outages.some(({ from, until }) => from <= at && at < until + RECOVERY_MS))
    .map(({ timestamp, at }) => (arrivedAt.get(timestamp) ?? start) - at);
}

/** Whether a device that fails was asked more often than it may be in any hour. */
function pesteringOf(observed: Observed, device: DevicePlan): string[] {
  const { requests } = observed;
  const mine = requests.filter((request) => request.device === device.name && isTry(request));
  for (const [index, first] of mine.entries()) {
    const until = first.at + HOUR_MS;
    const inHour = mine.slice(index).filter(({ at }) => at < until);
    if (inHour.length > MOST_REQUESTS_AN_HOUR && isHeldAgainst(observed, device, first.at, until))
      return [`${inHour.length} requests in the hour from minute ${Math.round(first.at / 60_000)}`];
  }
  return [];
}

/** A request that failed for the device's own sake. */
function isTry({ failure }: Request): boolean {
  return failure !== undefined && failure.kind !== 'refused';
}

/** Only where the device failed all the time, the account was up, and other devices were taken, is it the device. */
function isHeldAgainst(
  { plan, requests }: Observed,
  device: DevicePlan,
  from: number,
  until: number,
): boolean {
  const isAway = plan.outages.some((outage) => outage.from < until && outage.until + RECOVERY_MS > from);
  const others = requests.filter(
    (request) =>
      request.device !== device.name && !request.failure && request.at >= from && request.at < until,
  );
  const minutes = new Set(others.map(({ at }) => Math.floor(at / 300_000)));
  // Before another device was taken, nothing tells that the account works.
  const isProven = requests.some(
    (request) =>
      request.device !== device.name && !request.failure && request.at < from && request.at > from - 600_000,
  );
  return isProven && !isAway && minutes.size >= 11 && isFailingAll(device.phases, from, until);
}

function isFailingAll(phases: readonly Phase[], from: number, until: number): boolean {
  const before = phases.filter((phase) => phase.from <= from).at(-1);
  const during = phases.filter((phase) => phase.from > from && phase.from < until);
  return [before, ...during].every((phase) => phase?.behaviour.kind === 'fails');
}
