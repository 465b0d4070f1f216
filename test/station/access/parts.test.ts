import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import * as fc from 'fast-check';
import { createAttempts, createViewAccess, hashPassword, isPasswordHash } from '../../../src/station/access';
import { addressOf } from '../../../src/serving';
import { pickLanguage } from '../../../src/station/access/language';
import { isPassword } from '../../../src/station/access/password';
import { createSessions } from '../../../src/station/access/sessions';

const LANGUAGES = ['de', 'en-US', 'es-ES', 'fr', 'it', 'ja', 'ko', 'pt-BR', 'ru', 'zh-CN', 'zh-TW'];

function requestFrom(remoteAddress: string, properties: object = {}): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: remoteAddress });
  return Object.assign(new IncomingMessage(socket), properties);
}

describe('The hash of a password', () => {
  it('differs each time, opens to the password alone, and does not hold it', async () => {
    const [one, two] = [await hashPassword('Grüße, Welt'), await hashPassword('Grüße, Welt')];
    assert(one.ok && two.ok);
    assert.notEqual(one.value, two.value);
    assert.match(one.value, /^\$scrypt\$N=16384,r=8,p=5\$[\w-]{22}\$[\w-]{43}$/);
    assert.equal(await isPassword('Grüße, Welt', one.value), true);
    assert.equal(await isPassword('Grüße, Welt'.normalize('NFD'), one.value), true);
    assert.equal(await isPassword('Grüße, welt', one.value), false);
    assert.equal(await isPassword('', one.value), false);
  });

  it('needs eight characters at least', async () => {
    assert.equal((await hashPassword('1234567')).ok, false);
    assert.equal((await hashPassword('x'.repeat(201))).ok, false);
    assert.equal((await hashPassword('12345678')).ok, true);
  });

  it('has no other form, nor costs that would stop a small machine', async () => {
    const salt = 'A'.repeat(22);
    const rest = 'A'.repeat(43);
    for (const text of [
      '',
      'password',
      `$scrypt$N=16385,r=8,p=5$${salt}$${rest}`,
      `$scrypt$N=999999,r=99,p=99$${salt}$${rest}`,
      `$scrypt$N=524288,r=8,p=1$${salt}$${rest}`,
      `$scrypt$N=1,r=8,p=1$${salt}$${rest}`,
      `$scrypt$N=16384,r=8,p=5$${salt}$${rest}x`,
    ]) {
      assert.equal(isPasswordHash(text), false, text);
      assert.equal(await isPassword('password', text), false, text);
    }
  });
});

describe('Wrong attempts', () => {
  it('stay within what is allowed in any order of attempts and pauses, for each address', () => {
    const steps = fc.array(fc.record({ pause: fc.nat(5000), address: fc.constantFrom('a', 'b') }), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(steps, (all) => {
        let now = 0;
        const attempts = createAttempts({ burst: 3, refillMs: 1000 }, () => now);
        const made = new Map<string, number>();
        for (const { pause, address } of all) {
          now += pause;
          if (!attempts.mayTry(address)) continue;
          attempts.count(address);
          made.set(address, (made.get(address) ?? 0) + 1);
        }
        for (const count of made.values()) assert(count <= 3 + now / 1000 + 1e-6);
      }),
    );
  });

  it('get forgotten of the address that was longest quiet, once there are more than a thousand', () => {
    const attempts = createAttempts({ burst: 1, refillMs: 1e9 }, () => 0);
    for (let index = 0; index < 1000; index += 1) attempts.count(`address ${index}`);
    assert.equal(attempts.count('address 0'), false);
    assert.equal(attempts.count('another'), true);
    assert.equal(attempts.mayTry('address 1'), true);
    assert.equal(attempts.mayTry('address 0'), false);
  });

  it('count for one household, and for whom a trusted proxy names', () => {
    assert.equal(addressOf(requestFrom('::ffff:192.168.1.7')), '192.168.1.7');
    assert.equal(addressOf(requestFrom('2001:db8:0:1:aaaa::1')), '2001:db8:0:1');
    assert.equal(addressOf(requestFrom('fe80::1%eth0')), 'fe80:0:0:0');
    assert.equal(addressOf(requestFrom('::1')), '0:0:0:0');
    assert.equal(addressOf(requestFrom('10.0.0.1', { ip: '10.0.0.9' })), '10.0.0.9');
    assert.equal(addressOf(requestFrom('10.0.0.1', { ip: '"><script>' })), '10.0.0.1');
    const forwarded = requestFrom('10.0.0.1');
    forwarded.headers['x-forwarded-for'] = '10.0.0.9';
    assert.equal(addressOf(forwarded), '10.0.0.1');
  });
});

describe('Sessions', () => {
  it('number a hundred at most: who was longest away signs in again', () => {
    const sessions = createSessions(() => 0);
    const tokens = Array.from({ length: 101 }, () => sessions.open('hash'));
    assert.equal(sessions.has(tokens[0] ?? ''), false);
    assert.equal(sessions.has(tokens[1] ?? ''), true);
    // It was just used, so the next goes first.
    sessions.open('hash');
    assert.equal(sessions.has(tokens[1] ?? ''), true);
    assert.equal(sessions.has(tokens[2] ?? ''), false);
  });

  it('open to no cookie that was not given', () => {
    const access = createViewAccess(() => 0, { kind: 'password', passwordHashes: [] });
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (cookie) => {
        const request = requestFrom('10.0.0.1');
        request.headers.cookie = `sensorpost-station-0=${cookie}`;
        assert.equal(access.decide(request), 'password');
      }),
    );
  });
});

describe('The language of the page to sign in', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['de-AT,en;q=0.5', 'de'],
    ['en;q=0.5, fr-CA', 'fr'],
    ['zh-Hant-HK', 'zh-TW'],
    ['zh', 'zh-CN'],
    ['pt', 'pt-BR'],
    ['nl, *;q=0.1', undefined],
    ['de;q=0', undefined],
    ['', undefined],
    [',;,q=', undefined],
  ];
  for (const [accepted, expected] of cases) {
    it(`follows ${JSON.stringify(accepted)}: ${expected ?? 'none of ours'}`, () => {
      assert.equal(pickLanguage(accepted, LANGUAGES), expected);
    });
  }
});
