import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  allowDevice,
  inHostConfig,
  installInContainer,
  passDevice,
  type ContainerKind,
} from '../../src/container';

const KINDS: readonly ContainerKind[] = [
  'docker',
  'podman',
  'kubernetes',
  'home-assistant',
  'balena',
  'lxc',
  'systemd-nspawn',
  'other',
];

describe('container: advice', () => {
  it('says for each kind how a device is passed, in the words of that kind', () => {
    const words: Readonly<Record<ContainerKind, readonly string[]>> = {
      docker: ['docker run --device /dev/gpiochip0 --group-add', 'Docker Compose', 'group_add'],
      podman: ['podman run --device /dev/gpiochip0 --group-add keep-groups'],
      kubernetes: ['device plugin', 'hostPath', 'privileged'],
      'home-assistant': ['Home Assistant’s Node-RED app', 'config.yaml', 'devices: [/dev/gpiochip0]'],
      balena: ['docker-compose.yml', '"/dev/gpiochip0:/dev/gpiochip0"'],
      lxc: ['incus config device add', 'path=/dev/gpiochip0', 'lxc.mount.entry'],
      'systemd-nspawn': ['--bind=/dev/gpiochip0', 'DeviceAllow'],
      other: ['--device /dev/gpiochip0', '--group-add'],
    };
    for (const kind of KINDS)
      for (const word of [...words[kind], 'docs/containers.md'])
        assert(passDevice(kind, '/dev/gpiochip0').includes(word), `${kind}: ${word}`);
  });

  it('says how a device is allowed that is there, and not only to its group', () => {
    for (const kind of ['docker', 'other'] as const)
      assert.match(allowDevice(kind, '/dev/gpiochip0'), /--device \/dev\/gpiochip0 --group-add/);
  });

  it('never sends the user of an image to usermod, or to apt outside of the image', () => {
    for (const kind of KINDS) {
      const said = [
        passDevice(kind, '/dev/video0'),
        allowDevice(kind, '/dev/video0'),
        installInContainer(kind, 'fswebcam'),
      ].join('\n');
      assert(!said.includes('usermod'), said);
      const isSystem = kind === 'lxc' || kind === 'systemd-nspawn';
      assert.equal(said.includes('sudo'), isSystem, said);
    }
  });

  it('says where the boot settings of the host are', () => {
    const line = 'dtoverlay=dht11,gpiopin=4';
    assert.match(inHostConfig(undefined, line), /dtoverlay=dht11,gpiopin=4 to \/boot\/firmware\/config\.txt/);
    assert.match(inHostConfig('docker', line), /of the host/);
    assert.match(inHostConfig('balena', line), /add dht11,gpiopin=4 to .*BALENA_HOST_CONFIG_dtoverlay/);
    assert.match(inHostConfig('home-assistant', line), /\/mnt\/boot\/config\.txt/);
  });

  it('names a page that is there and has a part for each kind', () => {
    const page = readFileSync(join(__dirname, '../../docs/containers.md'), 'utf8');
    for (const name of [
      'Docker',
      'Podman',
      'Kubernetes',
      'Home Assistant',
      'Balena',
      'LXC',
      'systemd-nspawn',
    ])
      assert.match(page, new RegExp(`^## .*${name}`, 'm'));
  });
});
