// Stands in for gpio_capture.py: answers questions about power pins with the text of the file "power", all others with
// that of "sensor". usage: fake-power.mjs FOLDER DEV_FOLDER
import { appendFileSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const [folder] = process.argv.slice(2);

for await (const question of createInterface({ input: process.stdin })) {
  appendFileSync(join(folder, 'log'), `${question}\n`);
  const line = readFileSync(join(folder, question.startsWith('power ') ? 'power' : 'sensor'), 'utf8');
  if (line === 'die') process.exit(1);
  writeSync(1, `${line}\n`);
}
