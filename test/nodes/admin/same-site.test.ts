import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { refusalOf } from '../../../src/nodes/admin';

const NO_LOGIN = { hasLogin: false, hosts: [] };
const LOGIN = { hasLogin: true, hosts: [] };

const IP = '192.168.1.5:1880';
const PUBLIC = 'node-red.example.com';

const accepted: readonly (readonly [string, IncomingHttpHeaders])[] = [
  ['of a program, by an address', { host: IP }],
  ['of the editor at an address, which posts', { host: IP, origin: `http://${IP}` }],
  ['of the editor at an IPv6 address', { host: '[fd00::5]:1880', origin: 'http://[fd00::5]:1880' }],
  ['of the editor at a name of a home network', { host: 'pi.local:1880', origin: 'http://pi.local:1880' }],
  ['of the editor at a name with a dot at its end', { host: 'pi.lan.:1880', origin: 'http://pi.lan.:1880' }],
  ['of the editor at a FRITZ!Box', { host: 'pi.fritz.box:1880' }],
  ['of the editor in capitals', { host: 'PI.Local:1880', origin: 'http://pi.local:1880' }],
  ['of the editor at one word', { host: 'raspberrypi:1880', origin: 'http://raspberrypi:1880' }],
  ['that a browser says is of the same origin', { host: PUBLIC, 'sec-fetch-site': 'same-origin' }],
  ['that a user typed into a browser', { host: 'localhost:1880', 'sec-fetch-site': 'none' }],
  [
    'behind a proxy with https that passes no name on',
    { host: '127.0.0.1:1880', origin: `https://${PUBLIC}`, 'sec-fetch-site': 'same-origin' },
  ],
  [
    "behind Home Assistant's ingress, over http",
    {
      host: '172.30.33.2:1880',
      origin: 'http://homeassistant.local:8123',
      'x-forwarded-host': 'homeassistant.local:8123',
    },
  ],
  ['behind two proxies', { host: 'a:80', origin: 'http://b:80', 'x-forwarded-host': 'b:80, c' }],
  ['behind a proxy that leaves out the port', { host: 'pi.lan', origin: 'http://pi.lan:8080' }],
];

const refused: readonly (readonly [string, IncomingHttpHeaders])[] = [
  ['of another site, as a browser says', { host: IP, 'sec-fetch-site': 'cross-site' }],
  ['of another port, as a browser says', { host: 'localhost:1880', 'sec-fetch-site': 'same-site' }],
  ['with a site that no browser says', { host: IP, 'sec-fetch-site': '' }],
  ['of another origin', { host: IP, origin: 'http://evil.example' }],
  ['of an origin that begins like the host', { host: 'pi.local', origin: 'http://pi.local.evil.example' }],
  ['of a page without an origin', { host: IP, origin: 'null' }],
  ['of an origin that is no URL', { host: '', origin: 'x' }],
  [
    'of another origin, behind a proxy',
    { host: IP, origin: 'http://evil.example', 'x-forwarded-host': 'pi' },
  ],
];

const rebound: readonly (readonly [string, IncomingHttpHeaders])[] = [
  ['of a public name, which agrees with the origin', { host: PUBLIC, origin: `http://${PUBLIC}` }],
  ['of a public name, which only looks', { host: `${PUBLIC}:1880` }],
  ['of a public name behind a proxy', { host: 'pi', 'x-forwarded-host': PUBLIC, origin: `http://${PUBLIC}` }],
  ['of a name that ends like an address', { host: '192.168.1.5.example.com' }],
  ['of a name that ends like one of a home network', { host: 'evil-local.com' }],
  ['of no name at all', {}],
];

describe('A request to the editor', () => {
  for (const [what, headers] of accepted)
    it(`passes: one ${what}`, () => assert.equal(refusalOf(headers, NO_LOGIN), undefined));
  for (const [what, headers] of refused) {
    it(`fails, with a login too: one ${what}`, () => {
      for (const trust of [NO_LOGIN, LOGIN]) assert.match(refusalOf(headers, trust) ?? '', /another address/);
    });
  }
  for (const [what, headers] of rebound) {
    it(`fails without a login alone: one ${what}`, () => {
      assert.match(refusalOf(headers, NO_LOGIN) ?? '', /^The editor was opened as ".*sensorpostEditorHosts/);
      assert.equal(refusalOf(headers, LOGIN), undefined);
    });
  }

  it('passes by a public name that the settings have', () => {
    const headers = { host: 'Node-RED.example.com:1880', origin: `http://${PUBLIC}:1880` };
    assert.equal(refusalOf(headers, { hasLogin: false, hosts: [PUBLIC] }), undefined);
  });
});
