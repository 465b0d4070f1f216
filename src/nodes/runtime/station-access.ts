import type { NodeAPI } from 'node-red';
import { describe } from '../../result';
import type { AccessPolicy, ViewAccess } from '../../station';
import { propertyOfStation } from './retention';

/** Who may look at the station, as one station-config node says. */
export interface AccessChoice {
  /** "everyone", "password" or "nobody". */
  readonly access: string;
  /** The password's hash; undefined where none is set. */
  readonly passwordHash: string | undefined;
}

/** All that was said of who may look, of which the strictest holds. */
export interface AccessChoices {
  /** @returns takes the choice back; nobody may look more freely before the flows have started without it */
  add(choice: AccessChoice): () => void;
}

/** From the freest on. */
const STRICTNESS: readonly AccessPolicy['kind'][] = ['everyone', 'password', 'nobody', 'starting'];

/**
 * @param access is told who may look: what is stricter at once, what is freer once the flows have started, because a
 * deploy closes nodes and opens others
 */
export function createAccessChoices(RED: NodeAPI, access: ViewAccess): AccessChoices {
  const choices = new Set<AccessChoice>();
  const fixed = readAccess(RED);
  const isExposed = isOnNetwork(RED.settings.uiHost) && !RED.settings['httpNodeAuth'];
  const policyNow = () => strictest([...(fixed ? [fixed] : []), ...choices], isExposed);
  let last = '';

  function apply(policy: AccessPolicy): void {
    // What is set anew has pages connect anew.
    const text = JSON.stringify(policy);
    if (text !== last) access.setPolicy(policy);
    last = text;
  }

  RED.events.on('flows:started', () => apply(policyNow()));

  return {
    add(choice) {
      choices.add(choice);
      const policy = policyNow();
      if (STRICTNESS.indexOf(policy.kind) > STRICTNESS.indexOf(access.policy.kind)) apply(policy);
      return () => void choices.delete(choice);
    },
  };
}

/** What all choices together allow. */
export function strictest(choices: readonly AccessChoice[], isExposed: boolean): AccessPolicy {
  if (choices.some(({ access }) => access === 'nobody')) return { kind: 'nobody' };
  const withPassword = choices.filter(({ access }) => access === 'password');
  const passwordHashes = withPassword.flatMap(({ passwordHash }) => passwordHash ?? []);
  if (withPassword.length === 0) return { kind: 'everyone', isExposed: isExposed && choices.length === 0 };
  return passwordHashes.length === 0 ? { kind: 'nobody' } : { kind: 'password', passwordHashes };
}

const KINDS: readonly string[] = ['everyone', 'password', 'nobody'];

/** `sensorpostStation: { access: 'nobody' }` in Node-RED's settings file; what cannot be read opens nothing. */
function readAccess(RED: NodeAPI): AccessChoice | undefined {
  const value = propertyOfStation(RED.settings, 'access');
  if (value === undefined) return undefined;
  if (typeof value === 'string' && KINDS.includes(value)) return { access: value, passwordHash: undefined };
  RED.log.error(
    `[sensorpost] sensorpostStation.access in Node-RED's settings must be 'everyone', 'password' or 'nobody', and is ${describe(value)}: nobody may look until it is`,
  );
  return { access: 'nobody', passwordHash: undefined };
}

/** Whether other machines can reach a server with this `uiHost`; Node-RED's own default is all addresses. */
export function isOnNetwork(uiHost: unknown): boolean {
  return !/^(localhost|127\.\d+\.\d+\.\d+|::1)$/i.test(typeof uiHost === 'string' ? uiHost : '');
}
