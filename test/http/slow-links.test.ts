/** A name with two addresses, of which one is far away and the other dead: whoever is impatient reaches neither. */
import assert from 'node:assert/strict';
import dns from 'node:dns';
import { startSlowServer, type SlowServer } from '../support/slow-server';
import { closeClients, createClient, proxyAt, WAYS } from './support';

const ADDRESSES = [
  { address: '127.0.0.1', family: 4 },
  // Of the block for documentation (RFC 3849), which leads nowhere.
  { address: '2001:db8::1', family: 6 },
];

type Found = (error: null, addresses: typeof ADDRESSES) => void;

function findBoth(_name: string, _options: unknown, found: Found): void {
  found(null, ADDRESSES);
}

for (const { name: way, send } of WAYS) {
  describe(`http, ${way}: a slow link`, () => {
    const { lookup } = dns;
    let server: SlowServer;

    beforeEach(async () => {
      Object.assign(dns, { lookup: findBoth });
      server = await startSlowServer();
    });

    afterEach(async () => {
      Object.assign(dns, { lookup });
      closeClients();
      await server.end();
    });

    for (const [name, url, proxy, expected] of [
      ['to the server', 'http://far.example:PORT/', undefined, /^201$/],
      ['to a server that is to speak TLS', 'https://far.example:PORT/', undefined, /, but not in TLS/],
      ['to a proxy', 'http://senio.example/', 'http://far.example:PORT', /^201$/],
      [
        'to a proxy that is to open a tunnel',
        'https://senio.example/',
        'http://far.example:PORT',
        /ECONNRESET/,
      ],
    ] as const) {
      it(`${name} has the time that its handshake takes`, async () => {
        const client = createClient(proxy === undefined ? {} : { proxyFor: proxyAt(portIn(proxy)) });
        const result = await send(client, portIn(url));
        // Whatever becomes of the request, the connection was made.
        assert.match(result.ok ? String(result.value.statusCode) : result.failure.message, expected);
      });
    }

    const portIn = (url: string) => url.replace('PORT', String(server.port));
  });
}
