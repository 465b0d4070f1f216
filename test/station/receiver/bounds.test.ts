import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { success } from '../../../src/result';
import { createBodyReceiver, type BodyReader } from '../../../src/station/receiver/body';
import { readUntil, within } from '../../support/waiting';
import { errorOf, keepStorageThread, KEY, NEVER, NOW, TestStation } from '../support/index';

const MEGABYTE = 1024 * 1024;
const withKey = { headers: { Authorization: `Bearer ${KEY}` } };

/** The head of a post of JSON, with the headers that say how its body comes. */
function head(...headers: string[]): string {
  const lines = ['POST /station/publish/rpi HTTP/1.1', 'Host: x', `Authorization: Bearer ${KEY}`];
  return [...lines, 'Content-Type: multipart/form-data; boundary=b', ...headers, '', ''].join('\r\n');
}

/** The next bytes that come on a connection, as text. */
async function answerOn(socket: Socket): Promise<string> {
  const [chunk]: unknown[] = await within('an answer', once(socket, 'data'));
  return String(chunk);
}

/** All that comes on a connection until it is closed. One that is cut off in the middle of a write sees a reset. */
async function everythingOn(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => (text += String(chunk)));
  await within('the end of the connection', new Promise((resolve) => socket.once('close', resolve)));
  return text;
}

describe('The receiver of requests', () => {
  keepStorageThread();
  let station: TestStation;
  const sockets: Socket[] = [];
  const open = async (): Promise<Socket> => {
    const socket = connect(station.port, '127.0.0.1');
    socket.on('error', () => {});
    sockets.push(socket);
    await within('a connection', once(socket, 'connect'));
    return socket;
  };
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await station.close();
  });

  it('answers 413 to a length that is too large, before the body comes', async () => {
    station = await TestStation.start();
    const socket = await open();
    socket.write(head(`Content-Length: ${16 * MEGABYTE + 1}`));
    const answer = await answerOn(socket);
    assert.match(answer, /^HTTP\/1\.1 413 [^]*\{"error":"The request is larger than 16777216 bytes\./);
  });

  it('answers 413 to a body without a length as soon as it is too large, and lives on', async () => {
    station = await TestStation.start({ maxRequestBytes: 100_000 });
    const socket = await open();
    socket.write(head('Transfer-Encoding: chunked'));
    const chunk = `${(60_000).toString(16)}\r\n${'x'.repeat(60_000)}\r\n`;
    socket.write(chunk);
    socket.write(chunk);
    const answer = await answerOn(socket);
    assert.match(answer, /^HTTP\/1\.1 413 /);
    assert.equal((await station.fetch('/publish/rpi', withKey)).status, 200);
  });

  it('lets a client that sends far too much before it reads get the answer', async () => {
    station = await TestStation.start();
    const socket = await open();
    socket.pause();
    socket.write(head(`Content-Length: ${40 * MEGABYTE}`));
    await promisify(socket.write.bind(socket))(Buffer.alloc(40 * MEGABYTE));
    socket.resume();
    const answer = await answerOn(socket);
    assert.match(answer, /^HTTP\/1\.1 413 /);
  });

  it('cuts off a client that goes on sending after the answer', async () => {
    station = await TestStation.start({ inactivityMs: 50 });
    const socket = await open();
    const answer = answerOn(socket);
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    // Cut off in the middle of a write, a client sees a reset.
    socket.on('error', () => undefined);
    socket.write(head(`Content-Length: ${40 * MEGABYTE}`));
    const drip = setInterval(() => socket.write('x'), 5);
    assert.match(await answer, /^HTTP\/1\.1 413 /);
    await within('the connection to be cut', closed);
    clearInterval(drip);
  });

  it('waits for a client that pauses briefly', async () => {
    station = await TestStation.start({ inactivityMs: 1000 });
    const socket = await open();
    const answer = answerOn(socket);
    socket.write(head('Content-Length: 15'));
    const drip = setInterval(() => socket.write('x'), 100);
    assert.match(await answer, /^HTTP\/1\.1 400 /);
    clearInterval(drip);
  });

  it('answers 413 to JSON that is larger than JSON may be', async () => {
    station = await TestStation.start();
    const answer = await station.postJson(`[${'{},'.repeat(3_500_000)}{}]`);
    assert.equal(answer.status, 413);
    assert.match(String(errorOf(answer)), /JSON/);
    const fields = Object.fromEntries(
      Array.from({ length: 100_000 }, (_, index) => [`field ${index}`, index]),
    );
    assert.equal((await station.postJson({ timestamp: NOW, data: fields })).status, 400);
  });

  it('cuts off a silent client', async () => {
    station = await TestStation.start({ inactivityMs: 50 });
    const socket = await open();
    const answer = everythingOn(socket);
    socket.write(head('Content-Length: 1000'));
    socket.write('--b\r\n');
    assert.match(await answer, /^HTTP\/1\.1 408 [^]*Connection: close[^]*too slowly/i);
  });

  it('cuts off a client that keeps sending too slowly', async () => {
    station = await TestStation.start({ inactivityMs: 60 });
    const socket = await open();
    const answer = everythingOn(socket);
    socket.write(head('Content-Length: 1000000'));
    const drip = setInterval(() => socket.write('x'), 5);
    try {
      assert.match(await answer, /^HTTP\/1\.1 408 /);
    } finally {
      clearInterval(drip);
    }
  });

  it('receives no faster than the reader reads', async () => {
    station = await TestStation.start();
    let [bytes, isTaking] = [0, false];
    const reader: BodyReader<number> = {
      start(finish) {
        this.end = () => finish(success(bytes));
      },
      write(chunk, done) {
        assert(!isTaking, 'The next chunk came before the last was taken');
        isTaking = true;
        bytes += chunk.length;
        setImmediate(() => {
          isTaking = false;
          done();
        });
      },
      end: () => undefined,
      cancel: () => undefined,
    };
    const receiver = createBodyReceiver({ maxBytes: MEGABYTE * 5, inactivityMs: 30_000 });
    const server = createServer((request, response) => {
      void receiver.receive(request, reader).then((result) => response.end(JSON.stringify(result)));
    }).listen(0, '127.0.0.1');
    await within('the server', once(server, 'listening'));
    const address = server.address();
    assert(typeof address === 'object' && address);
    const body = new Uint8Array(MEGABYTE * 4);
    const answer = await fetch(`http://127.0.0.1:${address.port}`, { method: 'POST', body });
    assert.deepEqual(await answer.json(), { ok: true, value: body.length });
    server.close();
  });

  it('answers 429 while too much is being received at once, and counts nothing that was given up', async () => {
    station = await TestStation.start();
    const first = await Promise.all(Array.from({ length: 5 }, open));
    for (const socket of first) {
      socket.write(head(`Content-Length: ${15 * MEGABYTE}`));
      socket.write(Buffer.alloc(15 * MEGABYTE - 1));
    }
    const answer = await Promise.race(first.map(answerOn));
    assert.match(answer, /^HTTP\/1\.1 429 [^]*Retry-After: 1\r\n/);
    for (const socket of first) socket.destroy();
    const later = async () => (await station.postMultipart(Buffer.alloc(15 * MEGABYTE))).status;
    await readUntil('room for a large request', later, (status) => status !== 429);
    assert.equal(await later(), 400);
    assert.equal((await station.fetch('/publish/rpi', withKey)).text, '{"name":"rpi","fields":{}}');
  });
});

const names = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

describe('The station', () => {
  keepStorageThread();
  let station: TestStation;
  beforeEach(async () => {
    station = await TestStation.start();
  });
  afterEach(() => station.close());

  const push = (device: string, signals: readonly string[]) =>
    station.push({ device, signals: signals.map((name) => ({ name, value: 1 })) });

  it('accepts 100 fields of a sensor, and not one more', async () => {
    const data = Object.fromEntries(names('f', 100).map((name) => [name, 1]));
    assert.equal((await station.postJson({ timestamp: NOW, data })).status, 201);
    const refused = await station.postJson({ timestamp: NOW + 1, data: { f0: 1, more: 1 } });
    assert.equal(refused.status, 400);
    assert.match(
      String(errorOf(refused)),
      /^There is no room for field "more" of sensor "rpi": 100 fields of one/,
    );
    assert.equal((await station.postJson({ timestamp: NOW + 1, data: { f0: 1 } })).status, 201);
    assert.equal((await station.sources())[0]?.fields.length, 100);
  });

  it('accepts 2,500 fields altogether, and not one more', async () => {
    for (const device of names('d', 25)) assert.equal((await push(device, names('s', 100))).status, 200);
    const refused = await push('d25', ['s0']);
    assert.match(String(errorOf(refused)), /and 2500 of all, are the most/);
    assert.equal((await push('d24', ['s0'])).status, 200);
  });

  it('accepts 500 sensors and devices, and not one more', async () => {
    for (const device of names('d', 500)) await push(device, ['s']);
    const refused = await push('d500', ['s']);
    assert.match(String(errorOf(refused)), /^The station has 500 sensors and devices, which is the most/);
    assert.equal((await push('d0', ['s'])).status, 200);
  });

  it('accepts 100,000 values in one push, and not one more', async () => {
    const history = Array.from({ length: 100_001 }, (_, index) => ({
      date: new Date(NOW - index * 1000).toISOString(),
      value: index,
    }));
    const transport = station.station.databoomTransport();
    const of = (count: number) => ({
      body: { device: 'd', signals: { s: { history: history.slice(0, count) } } },
      unique: undefined,
    });
    assert.equal((await transport.deliver(of(100_000), NEVER)).ok, true);
    const refused = await transport.deliver(of(100_001), NEVER);
    assert.equal(refused.ok || refused.failure.message, 'The push holds more than 100000 values.');
    assert.equal((await station.field('d', 's'))?.first, NOW - 99_999_000);
  });
});
