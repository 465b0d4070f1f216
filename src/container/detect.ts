import { accessSync, closeSync, openSync, readSync } from 'node:fs';

/**
 * What a container is run by. `home-assistant` is an app of Home Assistant (formerly add-on); `other` is a container
 * that names none of these.
 */
export type ContainerKind =
  | 'docker'
  | 'podman'
  | 'kubernetes'
  | 'home-assistant'
  | 'balena'
  | 'lxc'
  | 'systemd-nspawn'
  | 'other';

/** What tells a container. */
export interface ContainerEvidence {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Whether there is a file or folder. Never throws. */
  readonly isThere: (path: string) => boolean;
  /** The beginning of a file; undefined where it cannot be read. Never throws. */
  readonly read: (path: string) => string | undefined;
}

type Detector = (evidence: ContainerEvidence) => ContainerKind | undefined;

/**
 * Asked in this order. What runs on Docker comes before Docker, and what a container manager says of itself before the
 * files that it leaves: those may be in the image of a system that is none (as `detect_container` of systemd, virt.c,
 * has it).
 */
const DETECTORS: readonly Detector[] = [
  fromHomeAssistant,
  ({ variables }) => (isSet(variables['BALENA']) ? 'balena' : undefined),
  fromKubernetes,
  fromManager,
  fromFiles,
  fromControlGroup,
];

/**
 * The kind of container that the evidence tells of; undefined outside of containers. A variable `container` that is set
 * and empty says that there is none, as in the interface of systemd (https://systemd.io/CONTAINER_INTERFACE).
 */
export function detectContainer(evidence: ContainerEvidence): ContainerKind | undefined {
  if (evidence.variables['container'] === '') return undefined;
  for (const detect of DETECTORS) {
    const kind = detect(evidence);
    if (kind !== undefined) return kind;
  }
  return undefined;
}

/**
 * Home Assistant gives its apps SUPERVISOR_TOKEN, once HASSIO_TOKEN; an init system may hide both from a program, but not
 * the app's options.
 */
function fromHomeAssistant({ variables, isThere }: ContainerEvidence): ContainerKind | undefined {
  const hasToken = isSet(variables['SUPERVISOR_TOKEN']) || isSet(variables['HASSIO_TOKEN']);
  const hasOptions = isThere('/data/options.json') && isThere('/.dockerenv');
  return hasToken || hasOptions ? 'home-assistant' : undefined;
}

/** Every pod gets this variable, and most a service account. */
function fromKubernetes({ variables, isThere }: ContainerEvidence): ContainerKind | undefined {
  const isPod =
    isSet(variables['KUBERNETES_SERVICE_HOST']) || isThere('/var/run/secrets/kubernetes.io/serviceaccount');
  return isPod ? 'kubernetes' : undefined;
}

/** The names by which container managers call themselves; "oci" in an image names none. */
const MANAGERS: ReadonlyMap<string, ContainerKind> = new Map([
  ['docker', 'docker'],
  ['podman', 'podman'],
  ['lxc', 'lxc'],
  ['lxc-libvirt', 'lxc'],
  ['systemd-nspawn', 'systemd-nspawn'],
]);

/** The files are systemd's: from the container manager, and from the first process about it. */
function fromManager({ variables, read }: ContainerEvidence): ContainerKind | undefined {
  const names = [
    read('/run/host/container-manager'),
    variables['container'],
    read('/run/systemd/container'),
    // Only root may read this one.
    /(?:^|\0)container=(?<name>[^\0]*)/.exec(read('/proc/1/environ') ?? '')?.groups?.['name'],
  ];
  const name = names.map((candidate) => candidate?.trim()).find(isSet);
  return name === undefined || name === 'oci' || name === 'wsl' ? undefined : (MANAGERS.get(name) ?? 'other');
}

function fromFiles({ isThere }: ContainerEvidence): ContainerKind | undefined {
  if (isThere('/run/.containerenv')) return 'podman';
  if (isThere('/.dockerenv')) return 'docker';
  // Sockets to the manager, which LXD and Incus give their containers.
  return isThere('/dev/lxd/sock') || isThere('/dev/incus/sock') ? 'lxc' : undefined;
}

/** The groups of processes that a manager makes; with version 2 of control groups they are hidden in a container. */
const CONTROL_GROUPS: readonly (readonly [RegExp, ContainerKind])[] = [
  [/\/kubepods[./-]/, 'kubernetes'],
  [/\/libpod-[0-9a-f]{64}/, 'podman'],
  [/\/docker[/-][0-9a-f]{64}/, 'docker'],
  [/\/lxc(?:\.payload\.|\/)/, 'lxc'],
];

function fromControlGroup({ read }: ContainerEvidence): ContainerKind | undefined {
  const groups = read('/proc/self/cgroup') ?? '';
  return CONTROL_GROUPS.find(([pattern]) => pattern.test(groups))?.[1];
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

let ofThisProcess: { readonly kind: ContainerKind | undefined } | undefined;

/** The kind of container that this process runs in; undefined outside of containers. Found out once. */
export function containerOfThisProcess(): ContainerKind | undefined {
  ofThisProcess ??= {
    kind: detectContainer({ variables: process.env, isThere: exists, read: readBeginning }),
  };
  return ofThisProcess.kind;
}

function exists(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Far longer than a name, and than the control groups and the variables of a container's first process. */
const LONGEST_BEGINNING = 16_384;

function readBeginning(path: string): string | undefined {
  try {
    const file = openSync(path, 'r');
    try {
      const buffer = Buffer.alloc(LONGEST_BEGINNING);
      return buffer.toString('latin1', 0, readSync(file, buffer));
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}
