// Runs on the simulated Raspberry Pi (see scripts/rig.mjs): reads its sensors through the built package and prints
// one line per check, "passed" or "failed" and what was seen. usage: guest.mjs fast|slow
import { readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { answersGiven, check, finish, helpers, parameter, read, REST_MS, withHelper } from './checks.mjs';

const require = createRequire(import.meta.url);
const { createDht22, createSharedPins, listUsedPins } = require('../../dist/dht22/index.js');

const isFast = process.argv[2] === 'fast';
const READINGS = 50;
/** Readings after which a process that has just started has compiled its code and collected its first garbage. */
const WARM_UP = 20;
/** The simulated line that the kernel's driver holds, and one that is free. */
const DRIVER_LINE = 0;
const FREE_LINE = 2;
const LONGEST_DELAY_MS = 5;

const set = (name, value) => writeFileSync(parameter(name), String(value));

function send(...bytes) {
  set('data', [...bytes, bytes.reduce((sum, byte) => sum + byte) & 0xff].join(','));
}

/** Values as a DHT22 packs them, in tenths. */
function sendTenths(temperature, humidity) {
  const raw = temperature < 0 ? 0x8000 - temperature : temperature;
  send(humidity >> 8, humidity & 0xff, raw >> 8, raw & 0xff);
}

function reset() {
  set('mode', 0);
  sendTenths(269, 658);
}

function sensor(source, settings = {}, environment = {}) {
  const gpio = source === 'gpio' ? FREE_LINE : DRIVER_LINE;
  return createDht22(
    { source, gpio, model: 'auto', plausibility: true, veryDry: false, ...settings },
    { container: undefined, ...environment },
  );
}

const delays = monitorEventLoopDelay({ resolution: 1 });

/** Runs something and measures the longest time, in milliseconds, for which the event loop served nothing else. */
async function longestDelay(work) {
  delays.enable();
  await sleep(5);
  delays.reset();
  const result = await work();
  await sleep(5);
  delays.disable();
  return { result, longest: delays.max / 1e6 - 1 };
}

/** The same many readings of slowly changing values, each compared with what the sensor sent. */
async function manyReadings(source, leastFirstTry) {
  const dht22 = sensor(source);
  sendTenths(180, 420);
  const start = await longestDelay(() => read(dht22));
  for (let index = 0; index < WARM_UP; index += 1) {
    await sleep(REST_MS);
    await read(dht22);
  }
  let [answered, firstTry, wrong] = [0, 0, 0];
  const longest = [];
  const restored = new Map();
  for (let index = 0; index < READINGS; index += 1) {
    const [temperature, humidity] = [180 + index * 3 - (index % 7), 420 + index * 5 + (index % 3)];
    sendTenths(temperature, humidity);
    await sleep(REST_MS);
    const { result, longest: delay } = await longestDelay(() => read(dht22));
    longest.push(delay);
    if (!result.ok) continue;
    const { value } = result;
    answered += 1;
    if (value.tries === 1) firstTry += 1;
    if (value.temperature !== temperature / 10 || value.humidity !== humidity / 10) wrong += 1;
    restored.set(value.raw.restoredBits, (restored.get(value.raw.restoredBits) ?? 0) + 1);
  }
  dht22.close();
  const lost = [...restored.entries()]
    .toSorted(([a], [b]) => a - b)
    .map(([bits, times]) => `${bits} in ${times}`);
  const seen = `${answered} of ${READINGS} answered, ${firstTry} at the first try, ${wrong} wrong`;
  check(
    `${source}: ${READINGS} readings`,
    answered === READINGS && wrong === 0 && firstTry >= leastFirstTry,
    seen,
  );
  judgeDelays(source, longest, start.longest);
  if (source === 'gpio') console.log(`        leading bits restored: ${lost.join(', ')} readings`);
}

/**
 * The limit holds for the faster processor. On the slower one a collection of garbage alone takes 6 ms, whatever
 * runs, so that there the figures are only shown.
 */
function judgeDelays(source, longest, atStart) {
  const [median, maximum] = [longest.toSorted((a, b) => a - b)[READINGS / 2], Math.max(...longest)];
  const seen =
    `median ${median.toFixed(1)} ms, longest ${maximum.toFixed(1)} ms ` +
    `(first reading of the process: ${atStart.toFixed(1)} ms)`;
  const name = `${source}: event-loop delay during a reading`;
  if (isFast) check(`${name} at most ${LONGEST_DELAY_MS} ms`, maximum <= LONGEST_DELAY_MS, seen);
  else console.log(`        ${name}: ${seen}`);
}

/** Each source once per case; a case sends something and says what must come back. */
async function bothSources(cases) {
  for (const source of ['kernel', 'gpio']) {
    for (const [name, prepare, expected] of cases) {
      prepare();
      await sleep(REST_MS);
      const dht22 = sensor(source, { plausibility: false }, { sharedPins: createSharedPins() });
      const result = await read(dht22);
      dht22.close();
      const seen = result.ok
        ? `${result.value.temperature} °C, ${result.value.humidity} %`
        : `${result.failure.kind} after ${result.failure.tries} tries`;
      const wanted = typeof expected === 'string' ? expected : expected[source];
      check(`${source}: ${name}`, seen === wanted, seen);
    }
  }
  reset();
}

async function errorsAndValues() {
  // Nothing but the helper tells here which line the kernel's sensor is on.
  await withHelper(sensor('gpio'), () =>
    bothSources([
      ['a silent sensor', () => set('mode', 1), 'no-answer after 15 tries'],
      [
        'a wrong checksum',
        () => set('mode', 2),
        { kernel: 'corrupt-frame after 15 tries', gpio: 'checksum after 15 tries' },
      ],
      ['answers again', reset, '26.9 °C, 65.8 %'],
      ['below zero', () => sendTenths(-101, 658), '-10.1 °C, 65.8 %'],
      ['below zero, a clone with 16 bits', () => send(2, 146, 0xff, 0x9b), '-10.1 °C, 65.8 %'],
      ['below zero, a clone with 12 bits', () => send(2, 146, 0x0f, 0x9b), '-10.1 °C, 65.8 %'],
      ['zeros', () => send(0, 0, 0, 0), 'implausible after 15 tries'],
      ['1 °C and 1 %', () => sendTenths(10, 10), 'implausible after 15 tries'],
      ['0 °C and 1.5 %', () => sendTenths(0, 15), 'implausible after 15 tries'],
      ['−40 °C and 1 %', () => sendTenths(-400, 10), 'implausible after 15 tries'],
      ['out of range', () => sendTenths(1300, 500), 'implausible after 15 tries'],
      ['a DHT11', () => send(36, 0, 27, 0), '27 °C, 36 %'],
    ]),
  );
}

/** Every helper must be gone once its sensors are closed. */
async function nothingLeft() {
  for (let waited = 0; helpers() > 0 && waited < 5000; waited += 100) await sleep(100);
  const files = readdirSync('/proc/self/fd').length;
  check('nothing is left running', helpers() === 0, `${helpers()} helper processes, ${files} open files`);
}

/** One reading that must fail in a certain way and say certain things. */
async function mustFail(name, dht22, kind, ...parts) {
  const result = await read(dht22);
  dht22.close();
  const { failure } = result;
  const passed = !result.ok && failure.kind === kind && parts.every((part) => failure.message.includes(part));
  check(name, passed, result.ok ? 'a reading' : `${failure.kind} "${failure.message}"`);
}

async function pinErrors() {
  const unprivileged = [
    '/usr/bin/setpriv',
    '--reuid=65534',
    '--regid=65534',
    '--clear-groups',
    'python3',
    '-I',
    '-S',
  ];
  const script = new URL('../../dist/dht22/gpio_capture.py', import.meta.url).pathname;
  await mustFail(
    'gpio: a busy pin',
    sensor('gpio', { gpio: DRIVER_LINE }),
    'busy',
    'GPIO 0 (pin 27)',
    'dht11.0',
  );
  await mustFail(
    'gpio: no such pin',
    sensor('gpio', { gpio: 17 }),
    'no-such-pin',
    'GPIO 17 (pin 11)',
    '8 lines',
  );
  await mustFail(
    'gpio: no permission',
    sensor('gpio', {}, { helperCommand: [...unprivileged, script], sharedPins: createSharedPins() }),
    'no-permission',
    '/dev/gpiochip0',
    'usermod',
    `dtoverlay=dht11,gpiopin=${FREE_LINE}`,
  );
  await mustFail(
    'gpio: no python3',
    sensor('gpio', {}, { helperCommand: ['/nonexistent/python3'], sharedPins: createSharedPins() }),
    'no-python',
    'python3',
  );
  await mustFail(
    'gpio: no chip',
    sensor('gpio', {}, { devRoot: '/run', sharedPins: createSharedPins() }),
    'no-chip',
    'Raspberry Pi',
  );
}

async function sharing() {
  await sleep(REST_MS);
  const sensors = [sensor('gpio'), sensor('gpio')];
  await read(sensors[0]);
  await sleep(REST_MS);
  const before = answersGiven();
  const [one, other] = await Promise.all(sensors.map(read));
  const answers = answersGiven() - before;
  const same = one.ok && other.ok && one.value.timestamp === other.value.timestamp;
  check(
    'gpio: two sensors on one pin share one reading',
    same && answers === 1,
    `${answers} answer for 2 readings`,
  );

  const automatic = sensor('automatic');
  const reading = await read(automatic);
  [...sensors, automatic].forEach((dht22) => dht22.close());
  const source = reading.ok ? reading.value.source : reading.failure.kind;
  check('automatic: takes the kernel driver where it serves a sensor', source === 'kernel', source);
}

/** The lines of the chip that something holds: what a dialog greys. */
async function usedPins() {
  const used = JSON.stringify(await withHelper(sensor('gpio'), () => listUsedPins()));
  check('gpio: tells which pins are held', used === '[{"gpio":0,"consumer":"dht11.0"}]', used);
}

async function longStartPulse() {
  set('start_min_us', 18_000);
  await sleep(REST_MS);
  const dht22 = sensor('gpio', {}, { sharedPins: createSharedPins() });
  const result = await read(dht22);
  dht22.close();
  set('start_min_us', 800);
  const seen = result.ok
    ? `${result.value.temperature} °C after ${result.value.tries} tries`
    : result.failure.kind;
  check(
    'gpio: a sensor that needs 18 ms of start pulse is found by itself',
    seen === '26.9 °C after 2 tries',
    seen,
  );
}

if (isFast) {
  await manyReadings('kernel', READINGS);
  await manyReadings('gpio', 49);
  await errorsAndValues();
  await pinErrors();
  await sharing();
  await usedPins();
  await withHelper(sensor('gpio'), longStartPulse);
} else {
  await manyReadings('kernel', READINGS * 0.9);
  await manyReadings('gpio', READINGS * 0.9);
}
await nothingLeft();
finish();
