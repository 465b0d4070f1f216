// What the programs on the simulated Raspberry Pi share: one line per check, and what is known of the machine.
import { readdirSync, readFileSync } from 'node:fs';

/** Longer than a pin rests after an attempt, so that no wait is part of what is measured. */
export const REST_MS = 2400;

let failures = 0;

/** Prints "passed" or "failed" and what was seen. */
export function check(name, passed, seen) {
  if (!passed) failures += 1;
  console.log(`${passed ? 'passed' : 'failed'}  ${name}: ${seen}`);
}

/** Tells scripts/rig.mjs that this program has reached its end. */
export function finish() {
  console.log('done');
  process.exitCode = failures === 0 ? 0 : 1;
}

export const read = (dht22) => dht22.read(new AbortController().signal);

export const parameter = (name) => `/sys/module/dhtsim/parameters/${name}`;

/** Answers that the simulated sensors have given. */
export const answersGiven = () => Number(readFileSync(parameter('reads'), 'latin1'));

/**
 * Runs something while a sensor is open whose helper answers: on a busy host, to start one takes longer in the rig's
 * time than the package allows.
 */
export async function withHelper(dht22, work) {
  await read(dht22);
  try {
    return await work();
  } finally {
    dht22.close();
  }
}

/** Helper processes that run now. */
export function helpers() {
  const commands = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(commandOf);
  return commands.filter((command) => command.includes('gpio_capture.py')).length;
}

function commandOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return ''; // It ended in between.
  }
}
