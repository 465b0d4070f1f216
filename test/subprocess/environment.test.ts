import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import * as fc from 'fast-check';
import { listCameras } from '../../src/camera';
import { systemEnvironment as systemClock } from '../../src/clock/environment';
import { startHelper } from '../../src/dht22/helper';
import { limitOwnMemory, startModule, variablesForPrograms } from '../../src/subprocess';
import { createMachine } from '../camera/support';
import { within } from '../support/waiting';

/** What Node-RED's environment may have that is nobody else's business. */
const SECRETS = {
  NODE_RED_CREDENTIAL_SECRET: 'secret-of-credentials',
  SENIO_KEY: 'secret-of-senio',
  HTTPS_PROXY: 'http://user:secret-of-a-proxy@proxy.example',
  AWS_SECRET_ACCESS_KEY: 'secret-of-the-cloud',
  NODE_OPTIONS: '--title=secret-of-node',
};

describe('The variables for programs', () => {
  it('have those that programs need, and no others', () => {
    const needed = {
      PATH: '/bin',
      HOME: '/home/pi',
      LANG: 'de_DE.UTF-8',
      LC_MESSAGES: 'C',
      TZ: 'Europe/Berlin',
      TMPDIR: '/tmp',
      LD_LIBRARY_PATH: '/usr/local/lib',
      LIBCAMERA_RPI_TUNING_FILE: '/home/pi/tuning.json',
      NODE_PATH: '/data/node_modules',
    };
    assert.deepEqual(variablesForPrograms({ ...needed, ...SECRETS, UNSET: undefined }), needed);
  });

  it('have nothing of a variable with any other name', () => {
    const names = fc.string({ minLength: 1 }).filter((name) => !/^(LC_|LIBCAMERA_)/.test(name));
    fc.assert(
      fc.property(fc.dictionary(names, fc.string()), (variables) => {
        const passedOn = Object.keys(variablesForPrograms(variables));
        assert.deepEqual(
          passedOn.filter((name) => !/^(PATH|HOME|LANG|LANGUAGE|TZ|TMPDIR|TEMP|TMP)$/.test(name)),
          [],
        );
      }),
    );
  });
});

describe('A program that is started', () => {
  const before = { ...process.env };
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sensorpost-subprocess-'));
    Object.assign(process.env, SECRETS, { PATH: [folder, before['PATH']].join(delimiter) });
  });
  afterEach(() => {
    for (const name of Object.keys(SECRETS)) delete process.env[name];
    Object.assign(process.env, before);
    rmSync(folder, { recursive: true });
  });

  /** A program that writes down its variables. */
  function install(name: string): string {
    const file = join(folder, name);
    writeFileSync(
      file,
      `#!/bin/sh\n/usr/bin/env > '${folder}/new'; mv '${folder}/new' '${folder}/seen'; echo\n`,
    );
    chmodSync(file, 0o755);
    return file;
  }

  function assertNothingSecret(): void {
    const seen = readFileSync(join(folder, 'seen'), 'utf8');
    assert.match(seen, /^PATH=/m);
    for (const name of Object.keys(SECRETS)) assert.doesNotMatch(seen, new RegExp(`^${name}=`, 'm'));
    assert.doesNotMatch(seen, /secret/);
  }

  it('as a camera gets none of the secrets of Node-RED', async () => {
    install('rpicam-still');
    const machine = createMachine({ variables: process.env });
    await listCameras(new AbortController().signal, machine.environment);
    machine.remove();
    assertNothingSecret();
  });

  it('to ask for the time gets none of them', async () => {
    install('chronyc');
    assert.deepEqual(await systemClock().run('chronyc', []), { type: 'printed', output: '\n' });
    assertNothingSecret();
  });

  it('as the helper of a sensor gets none of them', async () => {
    const helper = startHelper(install('python3'), []);
    await helper.ask('anything');
    helper.kill('the test is over');
    assertNothingSecret();
  });

  it('to bound memory gets none of them', function () {
    if (process.platform !== 'linux') return this.skip();
    install('prlimit');
    assert.equal(limitOwnMemory(2 ** 40), true);
    assertNothingSecret();
    return undefined;
  });

  it('as a process of this package gets none of them', async () => {
    const program = join(folder, 'program.cjs');
    writeFileSync(program, 'process.send(process.env); process.disconnect();');
    const [seen] = await within('its variables', once(startModule(program), 'message'));
    writeFileSync(
      join(folder, 'seen'),
      Object.entries(seen)
        .map((pair) => pair.join('='))
        .join('\n'),
    );
    assertNothingSecret();
  });
});
