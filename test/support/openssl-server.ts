/** A server that speaks TLS alone, by the system's openssl. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Certificate } from './certificates';
import { until, within } from './waiting';

export interface OpenSslServer {
  readonly port: number;
  end(): Promise<void>;
}

const LISTENING = /^ACCEPT .*:(?<port>\d+)$/m;

/** @param version such as `tls1_2` */
export async function startOpenSsl({ cert, key }: Certificate, version: string): Promise<OpenSslServer> {
  const folder = await mkdtemp(join(tmpdir(), 'sensorpost-openssl-'));
  const file = join(folder, 'both.pem');
  await writeFile(file, cert + key);
  const options = ['-accept', '127.0.0.1:0', '-cert', file, '-key', file, `-${version}`, '-www'];
  const server = spawn('openssl', ['s_server', ...options], { stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = once(server, 'exit');
  let said = '';
  server.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const port = () => LISTENING.exec(said)?.groups?.['port'];
  await until(
    () => `the port of openssl, which said ${said}`,
    () => port() !== undefined,
  );
  return {
    port: Number(port()),
    async end() {
      server.kill('SIGKILL');
      await within('the end of openssl', exited);
      await rm(folder, { recursive: true });
    },
  };
}
