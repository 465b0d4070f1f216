/**
 * The other side of `station-run.ts`, in a process of its own: posts to a station from several connections, each as
 * soon as the last was answered. Arguments: what (`readings` or `pictures`), port, connections, and for how many
 * seconds, or how many pictures. Prints posts per second.
 */
import { Agent, request } from 'node:http';

const [what = '', port = '', connections = '1', amount = '1'] = process.argv.slice(2);
const KEY = 'aaaaaaaa-aaaa-4aaa-aaaa-aaaaaaaaaaaa';
const START = Date.UTC(2026, 0, 1);
const PICTURE_BYTES = 2_000_000;

const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) });
const noise = Buffer.alloc(PICTURE_BYTES, 0x55);
noise.set([0xff, 0xd8, 0xff, 0xe0]);

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

function post({ type, parts }: Body): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      Authorization: `Bearer ${KEY}`,
      'Content-Type': type,
      'Content-Length': parts.reduce((sum, { length }) => sum + length, 0),
    };
    const sent = request({ port, path: '/publish/rpi', method: 'POST', agent, headers }, (response) => {
      if (response.statusCode !== 201) reject(new Error(`status ${response.statusCode}`));
      response.resume().on('end', resolve);
    });
    sent.on('error', reject);
    for (const part of parts) sent.write(part);
    sent.end();
  });
}

/** Posts as long as `isMore`, asked with the number of those begun. */
async function postMany(
  make: (number: number) => Body,
  isMore: (begun: number, milliseconds: number) => boolean,
): Promise<number> {
  let begun = 0;
  const start = performance.now();
  const one = async () => {
    while (isMore(begun, performance.now() - start)) await post(make((begun += 1)));
  };
  await Promise.all(Array.from({ length: Number(connections) }, one));
  agent.destroy();
  return begun / ((performance.now() - start) / 1000);
}

const posted =
  what === 'pictures'
    ? postMany(picture, (begun) => begun < Number(amount))
    : postMany(reading, (_, milliseconds) => milliseconds < Number(amount) * 1000);
posted.then(
  (perSecond) => console.log(JSON.stringify({ perSecond })),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
