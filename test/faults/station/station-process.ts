/** A station in a process of its own, for an observer to kill or to stop. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { within } from '../../support/waiting';
import type { Life } from './lives';
import { TYPESCRIPT_OPTIONS } from '../../support/typescript';

/** A process that serves the station of a folder. */
export interface StationProcess extends Life {
  readonly child: ChildProcess;
}

/** Kinds of notices that the end of a process explains: pictures of a commit that may have been complete are kept. */
export const OF_AN_END: ReadonlySet<string> = new Set(['torn-log', 'recovered-pictures']);

/** @param manner `early` has it answer before anything is on the disk, as no station may */
export async function startStationProcess(folder: string, manner = ''): Promise<StationProcess> {
  const args = [...TYPESCRIPT_OPTIONS, join(__dirname, 'server.ts'), folder, manner];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const notices: string[] = [];
  const url = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('at ')) resolve(line.slice('at '.length));
      else notices.push(line);
    });
    void exited.then(() => reject(new Error('The process of the station ended')));
  });

  async function kill(): Promise<boolean> {
    child.kill('SIGKILL');
    await within('the killed station to end', exited);
    return child.signalCode === 'SIGKILL';
  }

  return {
    child,
    url: await within('the address of the station', url),
    kill,
    reports: () => notices.filter((kind) => !OF_AN_END.has(kind)),
  };
}
