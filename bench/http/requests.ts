/** Makes small requests, one after another, and prints what one took of the processor, and the memory at the most. */
import { Agent, request as requestByHttp } from 'node:http';
import type * as Http from '../../src/http';
// As it is published: what a loader makes of TypeScript is another program.
const { createHttpClient }: typeof Http = require('../../dist/http');

const KEY = 'aaaa1111-bb22-4c33-8d44-eeee55556666';
const BODY = '{"timestamp":1474383378795,"data":{"temp":22,"humidity":50.5}}';
const HEADERS = { 'Content-Type': 'application/json' };
/** Before the measurement: a program that has just started is slower. */
const WARM_UP = 2000;

type Make = () => Promise<unknown>;

const signal = new AbortController().signal;

function bare(url: string): Make {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const { hostname: host, port, pathname: path } = new URL(url);
  const headers = { ...HEADERS, Authorization: `Bearer ${KEY}`, 'Content-Length': BODY.length };
  const options = { agent, method: 'POST', host, port, path, headers };
  return () =>
    new Promise((resolve, reject) => {
      const sent = requestByHttp(options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('end', () => resolve(Buffer.concat(chunks).toString()));
      });
      sent.once('error', reject).end(BODY);
    });
}

function ours(url: string): Make {
  const http = createHttpClient({ baseTimeoutMs: 15_000, now: Date.now });
  const request = { url, bearer: KEY, headers: HEADERS, body: () => BODY, length: BODY.length };
  return () => http.post(request, signal);
}

function asking(url: string): Make {
  const http = createHttpClient({ baseTimeoutMs: 15_000, now: Date.now });
  return () => http.get({ url, bearer: KEY }, signal);
}

async function axiosAlone(url: string): Promise<Make> {
  const { Axios } = await import('axios');
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const axios = new Axios({ adapter: 'http', httpAgent: agent, proxy: false, maxRedirects: 0 });
  const headers = { ...HEADERS, Authorization: `Bearer ${KEY}` };
  return () => axios.post(url, BODY, { headers, timeout: 15_000, signal });
}

const SIDES: Readonly<Record<string, (url: string) => Make | Promise<Make>>> = {
  bare,
  ours,
  asking,
  axiosAlone,
};

async function measure([side = '', url = '', count = '']: readonly string[]): Promise<void> {
  const make = await SIDES[side]?.(url);
  if (!make) throw new RangeError(`There is no side "${side}"`);
  for (let made = 0; made < WARM_UP; made++) await make();
  const before = process.cpuUsage();
  for (let made = 0; made < Number(count); made++) await make();
  const { user, system } = process.cpuUsage(before);
  const cpuUs = (user + system) / Number(count);
  console.log(JSON.stringify({ cpuUs, memoryMb: process.resourceUsage().maxRSS / 1000 }));
  process.exit();
}

void measure(process.argv.slice(2));
