/** docs/messages.md: what becomes of messages of every kind. */
import { NOW, type System } from './message';
import { databoomGets, DEFAULTS, senioGets, TOLERANT, type Outcome, type Reading } from './outcome';
import type { Chapter } from './shapes';

const INTRODUCTION = `# What becomes of a message

What the nodes _senio-publish_ and _databoom-publish_ make of messages of many kinds: the fields and values that the service gets, or the text of the error. Nothing of a message with an error is sent. What a node does is said in [nodes.md](nodes.md#senio-publish); this page shows it.

A test writes this page from what the nodes really do, and fails where it is not up to date: \`npm test -- --grep "docs/messages.md"\` with the environment variable \`WRITE_PAGES=1\` writes it anew. All messages are sent at 2026-05-01T12:00:00Z, on a machine whose time zone is UTC. A single value has the name \`temp\`, from \`msg.topic\`. Where nothing else is said, the settings are those of a new node: what cannot be sent is an error, nested values are not taken, and numbers in text are sent as numbers.
`;

const SYSTEMS = `
## Messages of other systems

Each with the settings of a new node, and with _Take nested values_ on and _What cannot be sent_ left out. A field that is left out is named after "without". The values are made up; the shapes are those of the systems' documents.
`;

/** The page, as Markdown. */
export function writePage(chapters: readonly Chapter[], systems: readonly System[]): string {
  const parts = [...chapters.map(writeChapter), SYSTEMS, ...systems.map(writeSystem)];
  return [INTRODUCTION, ...parts].join('');
}

function writeChapter({ name, options, shapes }: Chapter): string {
  const settings = { ...DEFAULTS, ...options };
  const hasTimes = shapes.some(({ timestamp }) => timestamp !== undefined);
  const rows = shapes.map((shape) => [
    shape.name,
    code(shape.code),
    ...(hasTimes ? [code(textOfTime(shape.timestamp))] : []),
    textOf(senioGets(shape, settings)),
    textOf(databoomGets(shape, settings)),
  ]);
  const head = ['message', '`msg.payload`', ...(hasTimes ? ['`msg.timestamp`'] : []), 'Senio', 'Databoom'];
  return `\n## ${name}\n\n${table(head, rows)}`;
}

function writeSystem({ name, about, messages }: System): string {
  const rows = messages.flatMap((message) => [
    [
      `${message.name}: ${code(JSON.stringify(message.payload))}`,
      'Senio',
      textOf(senioGets(message, DEFAULTS)),
      textOf(senioGets(message, TOLERANT)),
    ],
    ['', 'Databoom', textOf(databoomGets(message, DEFAULTS)), textOf(databoomGets(message, TOLERANT))],
  ]);
  const head = ['message', 'to', 'by default', 'nested values, and what cannot be sent left out'];
  return `\n### ${name}\n\n${about}\n\n${table(head, rows)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}

const LONGEST_CODE = 200;

/** Code in a cell of a table: in one line, and short. */
function code(text: string): string {
  const short = text.length > LONGEST_CODE ? `${text.slice(0, LONGEST_CODE)}…` : text;
  const marks = short.includes('`') ? '``' : '`';
  return `${marks}${short.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')}${marks}`;
}

function textOfTime(timestamp: unknown): string {
  if (timestamp instanceof Date)
    return Number.isNaN(timestamp.getTime()) ? 'new Date(NaN)' : `new Date(${timestamp.getTime()})`;
  return typeof timestamp === 'string' ? `'${timestamp}'` : String(timestamp);
}

function textOf(outcome: Outcome): string {
  if ('error' in outcome) return `error: ${code(outcome.error)}`;
  const { readings, leftOut } = outcome;
  const without =
    leftOut.length === 0 ? '' : ` without ${code(leftOut.map(({ field }) => field).join(', '))}`;
  return readings.map(textOfReading).join(', and ') + without;
}

function textOfReading({ at, values }: Reading): string {
  const fields = Object.entries(values).map(([name, value]) => `${name}: ${textOfValue(value)}`);
  const time = at === NOW ? '' : ` at ${new Date(at).toISOString()}`;
  return code(fields.join(', ')) + time;
}

function textOfValue(value: Reading['values'][string]): string {
  return typeof value === 'string' && value !== 'picture' ? JSON.stringify(value) : String(value);
}
