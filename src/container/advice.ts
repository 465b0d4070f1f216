/**
 * What people do to give a container what it lacks: sentences for messages, as short as possible. docs/containers.md has
 * the whole of it, with sources.
 */
import type { ContainerKind } from './detect';

/** The whole story, by the name that stands in the package's README. */
const MORE = 'docs/containers.md has examples.';

/** How a device file is passed to the container, with the rights to use it. */
export function passDevice(kind: ContainerKind, device: string): string {
  return `${PASS[kind](device)} ${MORE}`;
}

const PASS: Readonly<Record<ContainerKind, (device: string) => string>> = {
  docker: (device) =>
    `Start it with: docker run --device ${device} ${groupOption(device)}; ${inCompose(device)}`,
  podman: (device) =>
    `Start it with: podman run --device ${device} --group-add keep-groups, as a user of the device’s group.`,
  kubernetes: (device) =>
    `Kubernetes passes it by a device plugin, or to a privileged container with ${device} as a hostPath volume.`,
  'home-assistant': (device) =>
    `The devices of an app stand in its config.yaml, and Home Assistant’s Node-RED app lists no ${device} there: that takes a copy of the app with devices: [${device}].`,
  balena: (device) =>
    `Add devices: ["${device}:${device}"] to its service in docker-compose.yml (a fleet with one container has all devices).`,
  lxc: (device) =>
    `With Incus: incus config device add NAME ${nameOf(device)} unix-char path=${device} gid=GROUP; with LXC, bind it by lxc.mount.entry and allow it by lxc.cgroup2.devices.allow.`,
  'systemd-nspawn': (device) =>
    `Start it with: systemd-nspawn --bind=${device} --property=DeviceAllow="${device} rw".`,
  other: (device) =>
    `Pass ${device} and its group to it: --device ${device} ${groupOption(device)} in most container managers; ${inCompose(device)}`,
};

/** How the container's user gets the right to use a device file that is there already. */
export function allowDevice(kind: ContainerKind, device: string): string {
  return `${ALLOW[kind](device)} ${MORE}`;
}

const ALLOW: Readonly<Record<ContainerKind, (device: string) => string>> = {
  // A file that is there because all of /dev is mounted may still not be opened: only --device allows that.
  docker: (device) =>
    `Start it with: docker run --device ${device} ${groupOption(device)}; ${inCompose(device)}`,
  podman: () => 'Start it with: podman run --group-add keep-groups, as a user of the device’s group.',
  kubernetes: (device) =>
    `Add the number of its group (stat -c %g ${device}, on the host) to supplementalGroups in the pod’s securityContext.`,
  'home-assistant': (device) => `Its config.yaml must list ${device} under devices.`,
  balena: (device) => `Run its service as root, or add the number of the group of ${device} to group_add.`,
  lxc: (device) => `With Incus: incus config device set NAME ${nameOf(device)} gid=GROUP mode=0660.`,
  'systemd-nspawn': (device) =>
    `Start it with: systemd-nspawn --property=DeviceAllow="${device} rw", and add its user to the group of the device.`,
  other: (device) =>
    `Allow it the device, and give its user the group of it: --device ${device} ${groupOption(device)} in most container managers; ${inCompose(device)}`,
};

/** By its number: the name of a group is the image's own, where the image has it at all. */
function groupOption(device: string): string {
  return `--group-add $(stat -c %g ${device})`;
}

function inCompose(device: string): string {
  return `in Docker Compose: devices: ["${device}"] and group_add: with the number that stat -c %g ${device} prints on the host.`;
}

function nameOf(device: string): string {
  return device.split('/').at(-1) ?? device;
}

/**
 * How a program gets into the container, in words that follow a colon or begin a sentence.
 * @param installed the name of the package that has it, the same in Debian and Alpine
 */
export function installInContainer(kind: ContainerKind, installed: string): string {
  if (kind === 'home-assistant')
    return `add ${installed} to system_packages in the app’s configuration and restart the app`;
  // A whole system is in there.
  if (kind === 'lxc' || kind === 'systemd-nspawn') return `in the container: sudo apt install ${installed}`;
  return `add it to the image, in its Dockerfile: RUN apk add ${installed} (Alpine) or RUN apt-get update && apt-get install -y ${installed} (Debian)`;
}

/** Where the boot settings of the machine are that a container runs on. */
export function inHostConfig(kind: ContainerKind | undefined, line: string): string {
  if (kind === undefined)
    return `add the line ${line} to /boot/firmware/config.txt (/boot/config.txt on older systems) and restart`;
  if (kind === 'balena')
    return `add ${line.replace(/^dtoverlay=/, '')} to the device’s configuration “Define DT overlays” (BALENA_HOST_CONFIG_dtoverlay)`;
  if (kind === 'home-assistant')
    return `add the line ${line} to config.txt on the boot partition of Home Assistant OS (/mnt/boot/config.txt) and restart the host`;
  return `add the line ${line} to /boot/firmware/config.txt of the host and restart it`;
}
