// Runs on the simulated Raspberry Pi (see scripts/rig.mjs) whose kernel driver serves sensors with names of a device
// tree, which itself is not there, as in a container. Those send 5.5 °C, all others 26.9 °C. usage: named.mjs LINE,...
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { answersGiven, check, finish, helpers, read, REST_MS, withHelper } from './checks.mjs';

const require = createRequire(import.meta.url);
const { createDht22, createSharedPins, listKernelSensors } = require('../../dist/dht22/index.js');

const served = process.argv[2].split(',').map(Number);
const PINS = [4, 5, 6];
const NO_HELPER = { helperCommand: ['/nonexistent/python3'] };
const LONGEST_WAIT_MS = 20_000;

async function readOnce(source, gpio, environment = {}) {
  await sleep(REST_MS);
  const settings = { source, gpio, model: 'auto', plausibility: false, veryDry: false };
  const dht22 = createDht22(settings, { sharedPins: createSharedPins(), ...environment });
  const result = await read(dht22);
  dht22.close();
  return result;
}

/** What was read, or the kind of the failure. */
function shortOf(result) {
  return result.ok ? `${result.value.temperature} °C from ${result.value.source}` : result.failure.kind;
}

function says(result, ...parts) {
  return !result.ok && parts.every((part) => result.failure.message.includes(part));
}

function seen(result) {
  return result.ok ? shortOf(result) : `${result.failure.kind} "${result.failure.message}"`;
}

async function sourcesOf(gpio) {
  const isServed = served.includes(gpio);
  const automatic = await readOnce('automatic', gpio);
  const own = isServed ? '5.5 °C from kernel' : '26.9 °C from gpio';
  check(`automatic: GPIO ${gpio} gives its own sensor`, shortOf(automatic) === own, seen(automatic));

  const kernel = await readOnce('kernel', gpio);
  const others = served.map((line) => `dht11@${line}) on GPIO ${line} (pin`);
  check(
    `kernel: GPIO ${gpio} gives ${isServed ? 'its own sensor' : 'an error that names what is there'}`,
    isServed ? shortOf(kernel) === own : says(kernel, `GPIO ${gpio} (pin`, ...others),
    seen(kernel),
  );

  const pin = await readOnce('gpio', gpio);
  check(
    `gpio: GPIO ${gpio} gives ${isServed ? 'who holds it, and the way to read it' : 'its own sensor'}`,
    isServed ? says(pin, `"dht11@${gpio}"`, 'choose the source "Kernel driver"') : shortOf(pin) === own,
    seen(pin),
  );
}

async function withoutChip() {
  for (const gpio of PINS) {
    const expected = served.includes(gpio) ? '5.5 °C from kernel' : 'no-python';
    const result = await readOnce('automatic', gpio, NO_HELPER);
    check(`automatic: GPIO ${gpio} by names alone`, shortOf(result) === expected, seen(result));
  }
}

async function listed() {
  const sensors = await listKernelSensors();
  const pins = sensors.map(({ gpio }) => gpio);
  const known =
    served.every((line) => pins.includes(line)) && pins.every((gpio) => gpio === 0 || served.includes(gpio));
  check('the dialog names the same sensors and pins', known, JSON.stringify(sensors));
}

/** A sensor that is closed at once, and one that is closed while the helper of another one runs. */
async function closed() {
  for (const delay of [0, 50, 300]) {
    await sleep(REST_MS);
    const before = answersGiven();
    const dht22 = createDht22(freeSensor, { sharedPins: createSharedPins() });
    const reading = read(dht22);
    await sleep(delay);
    const atClose = answersGiven();
    dht22.close();
    const result = await reading;
    let waited = 0;
    for (; helpers() > 0 && waited < LONGEST_WAIT_MS; waited += 100) await sleep(100);
    await sleep(REST_MS);
    const answers = `${atClose - before} before and ${answersGiven() - atClose} after`;
    check(
      `gpio: a sensor that is closed ${delay} ms after its question drives no pin, and leaves no helper`,
      !result.ok && answersGiven() === atClose && helpers() === 0,
      `answers of sensors: ${answers}; ${helpers()} helper processes after ${waited} ms`,
    );
  }
}

const free = PINS.find((gpio) => !served.includes(gpio));
const freeSensor = { source: 'gpio', gpio: free, model: 'auto', plausibility: false, veryDry: false };

await withHelper(createDht22(freeSensor, { sharedPins: createSharedPins() }), async () => {
  for (const gpio of PINS) await sourcesOf(gpio);
  await listed();
});
await withoutChip();
await closed();
finish();
