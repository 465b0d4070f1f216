import assert from 'node:assert/strict';
import { assert as check, constantFrom, dictionary, property, string } from 'fast-check';
import {
  containerOfThisProcess,
  detectContainer,
  type ContainerEvidence,
  type ContainerKind,
} from '../../src/container';

/** A system with these variables and these files, by path with their text. */
function system(variables: Record<string, string>, files: Record<string, string> = {}): ContainerEvidence {
  return {
    variables,
    isThere: (path) => Object.hasOwn(files, path),
    read: (path) => (Object.hasOwn(files, path) ? files[path] : undefined),
  };
}

const HASH = '0123456789abcdef'.repeat(4);

/** What each manager gives a container, as its documentation or its source has it. */
const CONTAINERS: readonly (readonly [string, ContainerKind, ContainerEvidence])[] = [
  ['Docker leaves a file', 'docker', system({}, { '/.dockerenv': '' })],
  ['Docker, control groups v1', 'docker', system({}, { '/proc/self/cgroup': `4:memory:/docker/${HASH}\n` })],
  [
    'Docker, by systemd',
    'docker',
    system({}, { '/proc/self/cgroup': `0::/system.slice/docker-${HASH}.scope\n` }),
  ],
  ['an image that says only "oci"', 'docker', system({ container: 'oci' }, { '/.dockerenv': '' })],
  ['Podman', 'podman', system({ container: 'podman' }, { '/run/.containerenv': '' })],
  ['Podman without its variable', 'podman', system({}, { '/run/.containerenv': '', '/.dockerenv': '' })],
  [
    'Podman, control groups v1',
    'podman',
    system({}, { '/proc/self/cgroup': `1:name=systemd:/machine.slice/libpod-${HASH}.scope` }),
  ],
  ['a pod', 'kubernetes', system({ KUBERNETES_SERVICE_HOST: '10.43.0.1' })],
  [
    'a pod on Docker',
    'kubernetes',
    system({}, { '/.dockerenv': '', '/var/run/secrets/kubernetes.io/serviceaccount': '' }),
  ],
  [
    'a pod without an account',
    'kubernetes',
    system({}, { '/proc/self/cgroup': '4:memory:/kubepods/besteffort/podx/y' }),
  ],
  ['an app of Home Assistant', 'home-assistant', system({ SUPERVISOR_TOKEN: 'x' }, { '/.dockerenv': '' })],
  ['an older add-on', 'home-assistant', system({ HASSIO_TOKEN: 'x' }, { '/.dockerenv': '' })],
  [
    'an app whose init hides its variables',
    'home-assistant',
    system({}, { '/.dockerenv': '', '/data/options.json': '{}' }),
  ],
  ['Balena', 'balena', system({ BALENA: '1' }, { '/.dockerenv': '' })],
  ['LXC', 'lxc', system({ container: 'lxc' })],
  ['LXC, told by systemd', 'lxc', system({}, { '/run/systemd/container': 'lxc\n' })],
  ['LXC, told by its first process', 'lxc', system({}, { '/proc/1/environ': 'TERM=linux\0container=lxc\0' })],
  ['LXC, control groups', 'lxc', system({}, { '/proc/self/cgroup': '0::/lxc.payload.node-red/init.scope' })],
  ['Incus', 'lxc', system({}, { '/dev/incus/sock': '' })],
  ['systemd-nspawn', 'systemd-nspawn', system({}, { '/run/host/container-manager': 'systemd-nspawn\n' })],
  ['a manager of another name', 'other', system({ container: 'rkt' })],
];

/** What is no container. */
const HOSTS: readonly (readonly [string, ContainerEvidence])[] = [
  [
    'a Raspberry Pi',
    system({ HOME: '/home/pi' }, { '/proc/self/cgroup': '0::/system.slice/nodered.service\n' }),
  ],
  ['a computer that runs Docker', system({}, { '/proc/self/cgroup': '0::/system.slice/docker.service\n' })],
  ['a user folder at /data', system({}, { '/data/options.json': '{}' })],
  ['Windows, by its Linux', system({}, { '/run/systemd/container': 'wsl' })],
  ['a system that was made from an image', system({ container: '' }, { '/.dockerenv': '' })],
  ['variables that are empty', system({ BALENA: '', SUPERVISOR_TOKEN: '', KUBERNETES_SERVICE_HOST: '' })],
  ['another variable of the first process', system({}, { '/proc/1/environ': 'my_container=lxc\0' })],
];

describe('container: detection', () => {
  for (const [name, kind, evidence] of CONTAINERS)
    it(`tells ${name}: ${kind}`, () => {
      assert.equal(detectContainer(evidence), kind);
    });

  for (const [name, evidence] of HOSTS)
    it(`takes for no container: ${name}`, () => {
      assert.equal(detectContainer(evidence), undefined);
    });

  it('answers whatever variables and files say', () => {
    const paths = [
      '/.dockerenv',
      '/run/.containerenv',
      '/run/host/container-manager',
      '/run/systemd/container',
      '/proc/1/environ',
      '/proc/self/cgroup',
      '/data/options.json',
    ];
    const names = ['container', 'BALENA', 'SUPERVISOR_TOKEN', 'KUBERNETES_SERVICE_HOST'];
    check(
      property(
        dictionary(constantFrom(...names), string()),
        dictionary(constantFrom(...paths), string()),
        (variables, files) => {
          const kind = detectContainer(system(variables, files));
          assert(kind === undefined || kind.length > 0);
          assert.equal(detectContainer(system({ ...variables, container: '' }, files)), undefined);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('asks the real system once', () => {
    assert.equal(containerOfThisProcess(), containerOfThisProcess());
  });
});
