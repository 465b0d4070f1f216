import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { readUntil, within } from '../../support/waiting';
import { errorOf, keepStorageThread, NEVER, NOW, picture, sha1, TestStation, TOKEN } from '../support/index';

/** So large that a connection between two programs of one machine, which can hold 10 MB, does not hold all of it. */
const LARGE = picture(1, 20_000_000);
const ID = sha1(LARGE);

/** Readings of each of two signals: 20 MB as a file, and as a chart of Databoom's API. */
const COUNT = 10_000;

/** A station with what is large, that cuts off after so many milliseconds who takes nothing. */
async function startWithMuch(inactivityMs: number): Promise<TestStation> {
  const station = await TestStation.start({ inactivityMs });
  await station.deliver('rpi', NOW, {}, { cam1: LARGE });
  const history = Array.from({ length: COUNT }, (_, index) => ({
    date: new Date(NOW - index * 1000).toISOString(),
    value: `${index} `.padEnd(1000, 'x'),
  }));
  const body = { device: 'd', signals: { s: { history }, t: { history } } };
  assert((await station.station.databoomTransport().deliver({ body, unique: undefined }, NEVER)).ok);
  return station;
}

const get = (path: string) => `GET /station${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
const DOWNLOAD = '/api/download?kind=device&source=d';
const PICTURE = get(`/pictures/${ID}`);

/** Clients that ask, and never read a byte of the answers. */
class SilentClients {
  readonly #sockets: Socket[] = [];

  async ask(station: TestStation, text: string): Promise<Socket> {
    const socket = connect(station.port, '127.0.0.1').pause();
    socket.on('error', () => {});
    this.#sockets.push(socket);
    await within('a connection', once(socket, 'connect'));
    socket.write(text);
    return socket;
  }

  leave(): void {
    for (const socket of this.#sockets.splice(0)) socket.destroy();
  }
}

/** How many pictures of a station this process has open. */
function picturesOpen(station: TestStation): number {
  const files = readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      return [readlinkSync(`/proc/self/fd/${descriptor}`)];
    } catch {
      // It was closed meanwhile.
      return [];
    }
  });
  return files.filter((file) => file.startsWith(`${station.folder}/pictures/`)).length;
}

const untilOpen = (station: TestStation, count: number) =>
  readUntil(
    `${count} open files`,
    () => picturesOpen(station),
    (open) => open === count,
  );

describe('Clients that stop reading are cut off, and', () => {
  keepStorageThread();
  let station: TestStation;
  const clients = new SilentClients();
  before(async () => {
    station = await startWithMuch(600);
  });
  afterEach(() => clients.leave());
  after(() => station.close());
  const statusOfDownload = async () => (await station.fetch(DOWNLOAD, { method: 'HEAD' })).status;

  for (const [what, request, files] of [
    ['pictures', PICTURE, 1],
    ['thumbnails that are the full picture', get(`/pictures/${ID}/thumbnail`), 1],
    ['pictures that wait for their turn on one connection', PICTURE.repeat(5), 5],
  ] as const) {
    it(`the files of ${what} are closed`, async () => {
      for (let count = 0; count < 4; count += 1) await clients.ask(station, request);
      await untilOpen(station, 4 * files);
      await untilOpen(station, 0);
    });
  }

  it('the places of downloads are given to others', async () => {
    for (let count = 0; count < 4; count += 1) await clients.ask(station, get(DOWNLOAD));
    await readUntil('a refusal', statusOfDownload, (status) => status === 503);
    await readUntil('room', statusOfDownload, (status) => status === 200);
  });

  it('who reads on gets everything, however slowly', async () => {
    const ending = PICTURE.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');
    const socket = await clients.ask(station, ending);
    let received = 0;
    const ended = once(socket, 'end');
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
      socket.pause();
      setImmediate(() => socket.resume());
    });
    socket.resume();
    await within('the end of the picture', ended);
    assert(received > LARGE.length, `${received} bytes came`);
  });
});

describe('Clients that stop reading, before their time is up,', () => {
  keepStorageThread();
  let station: TestStation;
  const clients = new SilentClients();
  before(async () => {
    station = await startWithMuch(600_000);
  });
  afterEach(() => clients.leave());
  after(() => station.close());

  it('get 4 downloads from one address at most', async () => {
    for (let count = 0; count < 4; count += 1) await clients.ask(station, get(DOWNLOAD));
    const refused = await readUntil(
      'a refusal',
      () => station.fetch(DOWNLOAD),
      ({ status }) => status !== 200,
    );
    assert.match(String(errorOf(refused)), /^4 downloads are under way already/);
  });

  it('get 100 pictures from one address at most, and the others once those are gone', async () => {
    await clients.ask(station, PICTURE.repeat(101));
    await untilOpen(station, 100);
    const refused = await station.fetch(`/pictures/${ID}`);
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '1']);
    clients.leave();
    await untilOpen(station, 0);
    assert.equal((await station.fetch(`/pictures/${ID}`)).status, 200);
  });

  it('get 32 MB of memory from one address at most, and the others once those are gone', async () => {
    const headers = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' };
    const listed = await station.fetch('/v1/signals', { headers });
    const signals = [...listed.text.matchAll(/"_id":"(\w+)"/g)].map(([, id]) => id);
    const [startDate, endDate] = [NOW - COUNT * 1000, NOW].map((time) => new Date(time).toISOString());
    const body = JSON.stringify({ signals, startDate, endDate, granularity: '*' });
    const lines = [...Object.entries(headers), ['Content-Length', body.length]].map((each) =>
      each.join(': '),
    );
    const request = ['POST /station/v1/chart HTTP/1.1', 'Host: x', ...lines, '', body].join('\r\n');
    const ask = () => station.postJson(body, '/v1/chart', TOKEN);
    const socket = await clients.ask(station, request);
    // Its beginning is there, and nobody takes more of it than that.
    await within('the first answer', once(socket, 'readable'));
    const refused = await ask();
    assert.match(String(errorOf(refused)), /^Answers that nobody has read yet take up all the memory/);
    clients.leave();
    const read = await readUntil('room', ask, ({ status }) => status === 200);
    assert(read.text.length > 20_000_000);
  });
});
