import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { detectImageType } from '../../src/image';
import { errorOf, JPEG, KEY, NOW, TestStation } from './support';

const type = detectImageType(JPEG);
assert(type);
const NEVER = new AbortController().signal;
const MEGABYTE = 1024 * 1024;
const withKey = { headers: { Authorization: `Bearer ${KEY}` } };

/** The head of a post of JSON, with the headers that say how its body comes. */
function head(...headers: string[]): string {
  const lines = ['POST /station/publish/rpi HTTP/1.1', 'Host: x', `Authorization: Bearer ${KEY}`];
  return [...lines, 'Content-Type: multipart/form-data; boundary=b', ...headers, '', ''].join('\r\n');
}

describe('station: bounds of a request', () => {
  let station: TestStation;
  const sockets: Socket[] = [];
  const open = async (): Promise<Socket> => {
    const socket = connect(station.port, '127.0.0.1');
    socket.on('error', () => {});
    sockets.push(socket);
    await once(socket, 'connect');
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
    const [answer]: unknown[] = await once(socket, 'data');
    assert.match(
      String(answer),
      /^HTTP\/1\.1 413 [^]*\{"error":"The request is larger than 16777216 bytes\./,
    );
  });

  it('answers 413 to a body without a length as soon as it is too large, and lives on', async () => {
    station = await TestStation.start({ maxRequestBytes: 100_000 });
    const socket = await open();
    socket.write(head('Transfer-Encoding: chunked'));
    const chunk = `${(60_000).toString(16)}\r\n${'x'.repeat(60_000)}\r\n`;
    socket.write(chunk);
    socket.write(chunk);
    const [answer]: unknown[] = await once(socket, 'data');
    assert.match(String(answer), /^HTTP\/1\.1 413 /);
    assert.equal((await station.fetch('/publish/rpi', withKey)).status, 200);
  });

  it('lets a client read the answer that sends far too much and reads only then', async () => {
    station = await TestStation.start();
    const socket = await open();
    socket.pause();
    socket.write(head(`Content-Length: ${40 * MEGABYTE}`));
    await promisify(socket.write.bind(socket))(Buffer.alloc(40 * MEGABYTE));
    socket.resume();
    const [answer]: unknown[] = await once(socket, 'data');
    assert.match(String(answer), /^HTTP\/1\.1 413 /);
  });

  it('cuts a client off that goes on sending after the answer', async () => {
    station = await TestStation.start({ inactivityMs: 50 });
    const socket = await open();
    const answer = once(socket, 'data');
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    // Cut off in the middle of a write, a client sees a reset.
    socket.on('error', () => undefined);
    socket.write(head(`Content-Length: ${40 * MEGABYTE}`));
    const drip = setInterval(() => socket.write('x'), 5);
    assert.match(String(await answer), /^HTTP\/1\.1 413 /);
    await closed;
    clearInterval(drip);
  });

  it('waits for a sender who pauses, if not for long', async () => {
    station = await TestStation.start({ inactivityMs: 1000 });
    const socket = await open();
    const answer = once(socket, 'data');
    socket.write(head('Content-Length: 15'));
    const drip = setInterval(() => socket.write('x'), 100);
    assert.match(String(await answer), /^HTTP\/1\.1 400 /);
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

  it('cuts a silent sender off', async () => {
    station = await TestStation.start({ inactivityMs: 50 });
    const socket = await open();
    const answer = text(socket);
    socket.write(head('Content-Length: 1000'));
    socket.write('--b\r\n');
    assert.match(await answer, /^HTTP\/1\.1 408 [^]*Connection: close[^]*too slowly/i);
  });

  it('cuts a sender off who never falls silent for long', async () => {
    station = await TestStation.start({ inactivityMs: 60 });
    const socket = await open();
    const answer = text(socket);
    socket.write(head('Content-Length: 1000000'));
    const drip = setInterval(() => socket.write('x'), 5);
    try {
      assert.match(await answer, /^HTTP\/1\.1 408 /);
    } finally {
      clearInterval(drip);
    }
  });

  it('asks to come later when too much is being received at once, and forgets what was given up', async () => {
    station = await TestStation.start();
    const first = await Promise.all(Array.from({ length: 5 }, open));
    for (const socket of first) {
      socket.write(head(`Content-Length: ${15 * MEGABYTE}`));
      socket.write(Buffer.alloc(15 * MEGABYTE - 1));
    }
    const [answer]: unknown[] = await Promise.race(first.map((socket) => once(socket, 'data')));
    assert.match(String(answer), /^HTTP\/1\.1 429 [^]*Retry-After: 1\r\n/);
    for (const socket of first) socket.destroy();
    const later = async () => (await station.postMultipart(Buffer.alloc(15 * MEGABYTE))).status;
    while ((await later()) === 429);
    assert.equal(await later(), 400);
    assert.equal((await station.fetch('/publish/rpi', withKey)).text, '{"name":"rpi","fields":{}}');
  });
});

const picture = (index: number, size: number) =>
  Buffer.concat([JPEG, Buffer.alloc(size - JPEG.length, `${index};`)]);

describe('station: bounds of what it keeps', () => {
  let station: TestStation;
  beforeEach(async () => {
    station = await TestStation.start();
  });
  afterEach(() => station.close());

  const deliver = async (
    timestamp: number,
    scalars: Record<string, number>,
    pictures: readonly Buffer[] = [],
  ) => {
    const images = new Map(pictures.map((bytes) => ['cam1', { bytes, type }]));
    const item = { timestamp, scalars: new Map(Object.entries(scalars)), images };
    const delivered = await station.station.senioTransport('rpi').deliver(item, NEVER);
    assert.ok(delivered.ok);
    return JSON.stringify(delivered.value.answer);
  };
  const shown = async () =>
    [...(await station.fetch('/')).text.matchAll(/<img src="images\/(\w+)"/g)].map(([, id]) => id);

  it('keeps the newest 1,440 values of a field, whatever the order they come in', async () => {
    const start = NOW - 10_000_000;
    for (let index = 1439; index >= 0; index--) await deliver(start + index, { temp: index });
    assert.match(await deliver(start, { temp: -1 }), /"temp":0/);
    await deliver(start + 1440, { temp: 1440 });
    assert.match(await deliver(start, { temp: -1 }), /"temp":-1/);
    assert.match(await deliver(start + 1, { temp: -1 }), /"temp":1}/);
  });

  it('keeps the newest 24 pictures of a field', async () => {
    for (let index = 0; index < 30; index++) await deliver(NOW + index, {}, [picture(index, 1000)]);
    assert.equal((await shown()).length, 24);
  });

  it('keeps 64 MB of pictures, without those that came first', async () => {
    const first = /[0-9a-f]{40}/.exec(await deliver(NOW, {}, [picture(0, 10 * MEGABYTE)]))?.[0];
    for (let index = 1; index < 6; index++) await deliver(NOW + index, {}, [picture(index, 10 * MEGABYTE)]);
    assert.equal((await station.fetch(`/images/${first}`)).status, 200);
    assert.equal((await shown()).length, 6);
    await deliver(NOW + 6, {}, [picture(6, 10 * MEGABYTE)]);
    assert.equal((await station.fetch(`/images/${first}`)).status, 404);
    assert.equal((await shown()).length, 6);
  });

  it('keeps 1,000 pictures however small', async () => {
    const ids: (string | undefined)[] = [];
    for (let index = 0; index <= 1000; index++) {
      ids.push(/[0-9a-f]{40}/.exec(await deliver(NOW + index, {}, [picture(index, 100)]))?.[0]);
    }
    assert.equal((await station.fetch(`/images/${ids[0]}`)).status, 404);
    assert.equal((await station.fetch(`/images/${ids[1]}`)).status, 200);
  });

  it('keeps 100 fields of a sensor, without those that were silent longest', async () => {
    for (let index = 0; index < 100; index++) await deliver(NOW + index, { [`f${index}`]: index });
    await deliver(NOW + 100, { f0: 1 });
    await deliver(NOW + 101, { new: 1 });
    const { text: configuration } = await station.fetch('/publish/rpi', withKey);
    assert.match(configuration, /"f0":.*"new":/);
    assert.doesNotMatch(configuration, /"f1":/);
    assert.equal(configuration.match(/scalar/g)?.length, 100);
  });

  const push = (device: string, count: number, date = '2026-05-01T11:00:00Z') =>
    station.push({
      device,
      date,
      signals: Array.from({ length: count }, (_, index) => ({ name: `s${index}`, value: 1 })),
    });

  it('keeps 100 devices, without those that were silent longest', async () => {
    for (let index = 0; index < 100; index++) await push(`d${index}.`, 1);
    await push('d0.', 1);
    await push('new', 1);
    const page = (await station.fetch('/')).text;
    assert.match(page, /<h2>d0\.</);
    assert.match(page, /<h2>new</);
    assert.doesNotMatch(page, /<h2>d1\.</);
  });

  it('keeps 2,500 fields altogether, and a page that does not grow with them', async () => {
    for (let index = 0; index <= 25; index++) await push(`d${index}.`, 100);
    const page = (await station.fetch('/')).text;
    assert.equal(page.match(/<h3>/g)?.length, 2500);
    for (let index = 1; index <= 25; index++) await push(`d${index}.`, 100, '2026-05-01T11:01:00Z');
    assert.equal((await station.fetch('/')).text.match(/<svg/g)?.length, 200);
    assert.doesNotMatch(page, /<h2>d0\.</);
  });

  it('keeps the newest 10 texts of a signal', async () => {
    const at = (second: number, value: string) =>
      station.push({
        device: 'd',
        date: new Date(NOW + second * 1000).toISOString(),
        signals: [{ name: 's', value }],
      });
    for (let second = 0; second < 10; second++) await at(second, 'old');
    await at(0, 'changed');
    assert.match((await station.fetch('/')).text, /class="value text">old</);
    await at(9, 'changed');
    assert.match((await station.fetch('/')).text, /class="value text">old</);
    await at(10, 'new');
    assert.match((await station.fetch('/')).text, /class="value text">new</);
  });

  it('takes 100,000 values in one push, and not one more', async () => {
    const history = Array.from({ length: 100_001 }, () => ({ date: '2026-05-01T11:00:00Z', value: 1 }));
    const transport = station.station.databoomTransport();
    const of = (count: number) => ({
      body: { device: 'd', signals: { s: { history: history.slice(0, count) } } },
      unique: undefined,
    });
    assert.equal((await transport.deliver(of(100_000), NEVER)).ok, true);
    const refused = await transport.deliver(of(100_001), NEVER);
    assert.equal(refused.ok || refused.failure.message, 'The push holds more than 100000 values.');
  });
});
