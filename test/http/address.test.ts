import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parsePathSegment, parseSecret, parseServerUrl } from '../../src/http';
import { failureOf, messageOf, valueOf } from '../support/results';

describe('http: server addresses', () => {
  const good: readonly (readonly [string, string])[] = [
    ['https://www.senio.io', 'https://www.senio.io'],
    [' https://www.senio.io/ \n', 'https://www.senio.io'],
    ['HTTP://LocalHost:1880/station//', 'http://localhost:1880/station'],
    ['http://[::1]:1880', 'http://[::1]:1880'],
    ['https://example.com:443', 'https://example.com'],
    ['https://bücher.example/a b', 'https://xn--bcher-kva.example/a%20b'],
    ['http://example.com/@home', 'http://example.com/@home'],
    ['http://example.com/published', 'http://example.com/published'],
  ];
  for (const [text, url] of good) {
    it(`may be ${JSON.stringify(text)}`, () => assert.equal(valueOf(parseServerUrl(text, '/publish')), url));
  }

  const wrong: readonly (readonly [string, RegExp])[] = [
    ['', /^No server address is set: open the config node/],
    [' \t', /^No server address is set/],
    ['www.senio.io', /"www\.senio\.io" is no URL that begins with http/],
    ['//www.senio.io', /is no URL/],
    ['ftp://example.com', /is no URL/],
    ['file:///etc/passwd', /is no URL/],
    ['javascript:alert(1)', /is no URL/],
    ['localhost:1880', /is no URL/],
    ['https://', /is no URL/],
    ['https://exa mple.com', /is no URL/],
    ['https://example.com:99999', /is no URL/],
    ['http://[::1', /is no URL/],
    ['x\0'.repeat(1000), /is no URL/],
    ['${NOTSET}', /^The server address is taken from the environment variable "NOTSET", which is not set$/],
    ['http://${HOST}:1880', /^The server address has "\$\{HOST\}" in it, but .* must be the whole of it$/],
    ['https://example.com/?q=1', /must end before any "\?" or "#"/],
    ['https://example.com/#a', /must end before any/],
    ['https://www.senio.io/publish/rpi', /goes too far: give the part in front of \/publish/],
    ['https://www.senio.io/publish', /goes too far/],
    ['https://user@example.com', /holds a user name or password: remove/],
  ];
  for (const [text, message] of wrong) {
    it(`cannot be ${JSON.stringify(text.slice(0, 30))}`, () => {
      assert.equal(failureOf(parseServerUrl(text, '/publish')).kind, 'misconfigured');
      assert.match(messageOf(parseServerUrl(text, '/publish')), message);
    });
  }

  it('never bring a password into a message', () => {
    for (const url of ['https://me:hunter2@x', 'ftp://me:hunter2@x', 'https//me:hunter2@x', 'me:hunter2@x']) {
      assert.doesNotMatch(messageOf(parseServerUrl(url, '/publish')), /hunter2/);
    }
  });
});

describe('http: names in a path', () => {
  it('get percent-encoded', () => {
    assert.equal(valueOf(parsePathSegment('küche/1 %', 'sensor name')), 'k%C3%BCche%2F1%20%25');
    assert.equal(valueOf(parsePathSegment(' rpi ', 'sensor name')), 'rpi');
    assert.equal(valueOf(parsePathSegment('%2e%2e', 'sensor name')), '%252e%252e');
    assert.equal(valueOf(parsePathSegment('...', 'sensor name')), '...');
  });

  const wrong: readonly (readonly [string, RegExp])[] = [
    ['', /^No sensor name is set: open the node and enter it$/],
    ['  ', /^No sensor name is set: open the node and enter it$/],
    ['.', /"\." cannot be a sensor name/],
    [' .. ', /"\.\." cannot be a sensor name/],
    ['a\nb', /too long, or has characters/],
    ['\udc00', /too long, or has characters/],
    ['${SENSOR}', /^The sensor name is taken from the environment variable "SENSOR", which is not set$/],
    ['x'.repeat(201), /too long/],
    ['x'.repeat(100_000_000), /too long/],
  ];
  for (const [name, message] of wrong) {
    it(`cannot be ${JSON.stringify(name.slice(0, 20))}`, () => {
      assert.match(messageOf(parsePathSegment(name, 'sensor name')), message);
    });
  }

  it('come back from the address as they went in, and stay one segment', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 210 }), (name) => {
        const segment = parsePathSegment(name, 'name');
        if (!segment.ok) return;
        const { pathname } = new URL(`http://h/publish/${segment.value}`);
        assert.equal(pathname.split('/').length, 3);
        assert.equal(decodeURIComponent(pathname.split('/')[2] ?? ''), name.trim());
      }),
    );
  });
});

describe('http: keys and tokens', () => {
  it('lose the blanks that pasting brings', () => {
    assert.equal(valueOf(parseSecret(' aaaa-bbbb\r\n', 'device key')), 'aaaa-bbbb');
    assert.equal(valueOf(parseSecret('a/b+c==', 'OAuth token')), 'a/b+c==');
  });

  for (const secret of [
    'hunter 2',
    'hunter2\nX-Evil: 1',
    'hunter2é',
    'hunter2\0',
    'hunter2'.padEnd(100_000_000, 'x'),
  ]) {
    it(`cannot be ${JSON.stringify(secret.slice(0, 20))}, and no message shows them`, () => {
      const message = messageOf(parseSecret(secret, 'device key'));
      assert.match(message, /^The device key is too long, or has spaces or characters that no key has/);
      assert.doesNotMatch(message, /hunter/);
    });
  }

  it('count as missing where they are empty', () => {
    assert.match(messageOf(parseSecret('  ', 'OAuth token')), /^No OAuth token is set: open the config node/);
  });
});
