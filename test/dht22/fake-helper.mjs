// Stands in for gpio_capture.py: answers each question with the next line of a file, and with the last one for ever.
// usage: fake-helper.mjs LINES_FILE LOG_FILE DEV_FOLDER
import { appendFileSync, readFileSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [linesFile, logFile] = process.argv.slice(2);
appendFileSync(logFile, `started ${process.pid}\n`);
const lines = readFileSync(linesFile, 'utf8').split('\n');

for await (const question of createInterface({ input: process.stdin })) {
  appendFileSync(logFile, `${question}\n`);
  const line = lines.length > 1 ? lines.shift() : lines[0];
  if (line === 'hang') await new Promise((resolve) => setTimeout(resolve, 3_600_000));
  else if (line === 'die') {
    writeSync(2, 'Traceback (most recent call last):\nOSError: it broke\n');
    process.exit(1);
  } else if (line === 'flood') for (;;) writeSync(1, 'x'.repeat(4096));
  else writeSync(1, `${line}\n`);
}
