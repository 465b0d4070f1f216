import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  DeferralCause,
  DestinationState,
  ProblemKind,
} from '../../../src/nodes/contract/queue-admin-api';

const ROOT = join(__dirname, '../../..');
const page = readFileSync(join(ROOT, 'src/nodes/outbox-sidebar.html'), 'utf8');

/** The parts of the catalogue whose keys are made from what the runtime says. */
interface Catalogue {
  readonly 'outbox-sidebar': {
    readonly state: Readonly<Record<string, string>>;
    readonly problem: Readonly<Record<string, string>>;
    readonly cause: Readonly<Record<string, string>>;
  };
}
const catalogue: Catalogue = JSON.parse(
  readFileSync(join(ROOT, 'locales/en-US/outbox-sidebar.json'), 'utf8'),
);

// The compiler finds it where one is missing here.
const STATES: Readonly<Record<DestinationState, true>> = {
  idle: true,
  sending: true,
  offline: true,
  throttled: true,
  paused: true,
  retrying: true,
  blocked: true,
  'awaiting-time': true,
  held: true,
  closed: true,
  'paused-by-user': true,
  orphaned: true,
};
const CAUSES: Readonly<Record<DeferralCause, true>> = {
  timeout: true,
  throttled: true,
  unavailable: true,
  unreadable: true,
  unauthorised: true,
  missing: true,
  misdirected: true,
};
/** The outbox, a service's rules, a defect and a refusal of another site speak for themselves. */
const PROBLEMS: Readonly<Record<Exclude<ProblemKind, 'foreign' | 'outbox' | 'rules' | 'unexpected'>, true>> =
  {
    invalid: true,
    stopped: true,
    unknown: true,
    'in-use': true,
    'other-service': true,
    'other-sensors': true,
    'no-room': true,
    importing: true,
    'too-large': true,
    'queue-full': true,
  };

describe("the Outbox sidebar's page", () => {
  it('takes its colours from the editor alone, by names that each of its versions has', () => {
    assert.doesNotMatch(page, /#[0-9a-f]{3,8}\b|\b(rgb|hsl)a?\(/i);
    const used = [...page.matchAll(/var\((--red-ui-[a-z-]+)\)/g)].map(([, name]) => name ?? '');
    assert(used.length > 10);
    for (const editor of ['', 'node-red-4/node_modules/']) {
      const style = join(ROOT, `node_modules/${editor}@node-red/editor-client/public/red/style.min.css`);
      const known = readFileSync(style, 'utf8');
      for (const name of used) assert(known.includes(`${name}:`), `${name} in ${style}`);
    }
  });

  it('shows a text for each state, each problem, and each cause for which a device waits', () => {
    const { state, problem, cause } = catalogue['outbox-sidebar'];
    for (const name of Object.keys(STATES)) assert(state[name], name);
    for (const name of Object.keys(PROBLEMS)) assert(problem[name], name);
    for (const name of Object.keys(CAUSES)) assert(cause[name], name);
  });
});
