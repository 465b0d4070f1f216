/**
 * The other side of `station-run.ts`, in a process of its own: posts to a station from several connections, each as
 * soon as the last was answered. Far less than an HTTP client, so that it takes little of the processors that are
 * measured. Arguments: what (`readings` or `pictures`), port, connections, and for how many seconds, or how many
 * pictures. Prints posts per second; of readings, as many seconds go before, in which the server gets warm.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const [what = '', port = '', connections = '1', amount = '1'] = process.argv.slice(2);
const KEY = 'aaaaaaaa-aaaa-4aaa-aaaa-aaaaaaaaaaaa';
const START = Date.UTC(2026, 0, 1);
const PICTURE_BYTES = 2_000_000;

const noise = Buffer.alloc(PICTURE_BYTES, 0x55);
// From its header to its end a JPEG, with noise between its markers.
const FRAME = Buffer.from('ffd8ffc0000b080008001001011100ffda0008010100003f00', 'hex');
noise.set(FRAME);
noise.set([0xff, 0xd9], PICTURE_BYTES - 2);

interface Body {
  readonly type: string;
  readonly parts: readonly Buffer[];
}

function reading(number: number): Body {
  const data = { temp: 20 + (number % 50) / 10, humidity: 50 + (number % 30) / 10 };
  const text = JSON.stringify({ timestamp: START + number * 1000, data });
  return { type: 'application/json', parts: [Buffer.from(text)] };
}

function picture(number: number): Body {
  const json = JSON.stringify({ timestamp: START + number * 1000 });
  const head = `--b\r\nContent-Disposition: form-data; name="json"\r\n\r\n${json}\r\n--b\r\nContent-Disposition: form-data; name="cam1"; filename="x.jpg"\r\n\r\n`;
  // Each picture is another one.
  const content = Buffer.from(noise);
  content.writeUInt32BE(number, 100);
  return {
    type: 'multipart/form-data; boundary=b',
    parts: [Buffer.from(head), content, Buffer.from('\r\n--b--\r\n')],
  };
}

/** Sends a post, and resolves once all of its answer is there. */
async function post(socket: Socket, { type, parts }: Body): Promise<void> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head = `POST /publish/rpi HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${KEY}\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`;
  socket.write(Buffer.concat([Buffer.from(head), ...parts]));
  let answer = '';
  while (!isWhole(answer)) {
    const [chunk]: Buffer[] = await once(socket, 'data');
    answer += chunk?.toString('latin1') ?? '';
  }
  if (!answer.startsWith('HTTP/1.1 201 ')) throw new Error(`answered ${answer}`);
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n');
  const [, length] = /^content-length: *(\d+)/im.exec(answer) ?? [];
  if (end >= 0 && length === undefined) throw new Error(`answered without a length: ${answer}`);
  return end >= 0 && answer.length >= end + 4 + Number(length);
}

let begun = 0;

/** Posts as long as `isMore`, asked with how many were begun; resolves to posts per second. */
async function postMany(
  sockets: readonly Socket[],
  make: (number: number) => Body,
  isMore: (count: number, milliseconds: number) => boolean,
): Promise<number> {
  const before = begun;
  const start = performance.now();
  const one = async (socket: Socket) => {
    while (isMore(begun - before, performance.now() - start)) await post(socket, make((begun += 1)));
  };
  await Promise.all(sockets.map(one));
  return (begun - before) / ((performance.now() - start) / 1000);
}

const isTime = (_: number, milliseconds: number) => milliseconds < Number(amount) * 1000;

async function main(): Promise<void> {
  const sockets = Array.from({ length: Number(connections) }, () => connect(Number(port), '127.0.0.1'));
  if (what === 'readings') await postMany(sockets, reading, isTime);
  const perSecond =
    what === 'pictures'
      ? await postMany(sockets, picture, (count) => count < Number(amount))
      : await postMany(sockets, reading, isTime);
  for (const socket of sockets) socket.destroy();
  console.log(JSON.stringify({ perSecond }));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
