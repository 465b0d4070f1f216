/** A server whose handshake takes a second, as on a slow link: made without root, by the kernel's own rules. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { within } from './waiting';

/** Serves HTTP in a process of its own, which can be stopped; one more connection may wait than the kernel is told. */
const PROGRAM = `
const server = require('node:http').createServer((request, response) => {
  request.resume().once('end', () => response.writeHead(201).end('{}'));
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port));`;

const MOST_WAITING = 2;

/** Longer than Node.js waits by itself, and shorter than the kernel waits before it asks again. */
const ASLEEP_MS = 500;

/** A server that at first takes no connection: the kernel of whoever tries asks again after a second, and succeeds. */
export interface SlowServer {
  readonly port: number;
  end(): Promise<void>;
}

/** Starts one that sleeps for half a second, and whose queue of connections is full: the first packet of any more is lost. */
export async function startSlowServer(): Promise<SlowServer> {
  const child = spawn(process.execPath, ['-e', PROGRAM], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const [line] = await within('the port of the slow server', once(child.stdout, 'data'));
  const port = Number(String(line));
  child.kill('SIGSTOP');
  const waiting: Socket[] = [];
  for (let count = 0; count < MOST_WAITING; count += 1) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    waiting.push(socket);
    await within('a connection that waits', once(socket, 'connect'));
  }
  const waking = setTimeout(() => child.kill('SIGCONT'), ASLEEP_MS);
  return {
    port,
    async end() {
      clearTimeout(waking);
      for (const socket of waiting) socket.destroy();
      child.kill('SIGKILL');
      await within('the slow server to end', exited);
    },
  };
}
