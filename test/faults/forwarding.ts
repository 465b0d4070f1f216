/** The forwarder as a process, and what it says. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { within } from '../support/waiting';
import { TYPESCRIPT_OPTIONS } from '../support/typescript';

/** What a forwarder publishes, and where to. */
export interface ForwarderOptions {
  /** The folder of its outbox. */
  readonly folder: string;
  /** The service's URL. */
  readonly server: string;
  /** How many readings. */
  readonly count: number;
  /** Milliseconds that a request may take. */
  readonly timeoutMs: number;
  /** A certificate that it trusts, in PEM. */
  readonly ca?: string;
}

/** What a forwarder said. */
export interface ForwarderSaid {
  readonly accepted: ReadonlySet<number>;
  /** How deliveries failed, and how often. */
  readonly failures: ReadonlyMap<string, number>;
}

/** A forwarder process. */
export interface Forwarder {
  end(signal: NodeJS.Signals): Promise<void>;
  /** Throws where it says of anything else than deliveries that it failed. */
  said(): ForwarderSaid;
}

/** Starts a forwarder that writes to `log`. */
export function startForwarder(log: string, options: ForwarderOptions): Forwarder {
  const output = openSync(log, 'a');
  const program = [...TYPESCRIPT_OPTIONS, join(__dirname, 'forwarder.ts')];
  const child = spawn(process.execPath, [...program, JSON.stringify(options)], {
    stdio: ['ignore', output, 'inherit'],
  });
  closeSync(output);
  const exited = once(child, 'exit');
  return {
    async end(signal) {
      child.kill(signal);
      await within('the forwarder to end', exited);
    },
    said: () => readLog(log),
  };
}

function readLog(log: string): ForwarderSaid {
  const accepted = new Set<number>();
  const failures = new Map<string, number>();
  const troubles: string[] = [];
  for (const line of readFileSync(log, 'utf8').split('\n').slice(0, -1)) {
    const rest = line.slice(2);
    if (line.startsWith('a ')) accepted.add(Number(rest));
    else if (line.startsWith('f ')) failures.set(rest, (failures.get(rest) ?? 0) + 1);
    else troubles.push(line);
  }
  if (troubles.length > 0) throw new Error(`The forwarder is in trouble: ${troubles.join(', ')}`);
  return { accepted, failures };
}
