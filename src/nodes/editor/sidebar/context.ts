import type { DestinationView } from '../../contract';
import type { Notices } from './notices';
import type { Answered } from './requests';
import type { Words } from './words';

/** What all parts of the sidebar share. */
export interface Context {
  readonly words: Words;
  readonly notices: Notices;
  /** Whether this user may change anything. */
  readonly canChange: boolean;
  /** Requests the state again, soon. */
  readonly refresh: () => void;
}

/** Tells the user the result of an action, and refreshes the page. */
export function report<Answer>(
  { notices, refresh }: Context,
  answered: Answered<Answer>,
  done: (answer: Answer) => string,
): void {
  if (answered.ok) notices.done(done(answered.answer));
  else notices.failed(answered.problem);
  refresh();
}

/** The name of a destination: its config node's label, or what its key says. A config node may have two destinations. */
export function nameOf({ words }: Pick<Context, 'words'>, view: DestinationView): string {
  const name = labelOf(view);
  return view.namesSensors ? `${name} · ${words.say('place.sensors')}` : name;
}

function labelOf({ nodes, name }: DestinationView): string {
  for (const { id } of nodes) {
    const node = RED.nodes.node(id);
    if (node) return RED.utils.getNodeLabel(node, name);
  }
  return name;
}

/** Where a destination leads: the service, the server, and the account where there are several. */
export function placeOf(
  { words }: Context,
  { service, isStation, address, account }: DestinationView,
): string {
  const server = isStation ? words.say('place.station', { path: address }) : address;
  const parts = [
    ...(service ? [words.say(`service.${service}`)] : []),
    server,
    ...(account === '' ? [] : [words.say('place.account', { name: account })]),
  ];
  return parts.join(' · ');
}

/** A file's name with today's date. */
export function fileName(what: 'refused' | 'readings'): string {
  return `sensorpost-${what}-${new Date().toISOString().slice(0, 10)}.jsonl`;
}
