import { EDITOR, UNTAKEN, type StationDescription } from './descriptions';
import type { EditorEndpoint } from './editor-endpoints';

/** The page, as Markdown. */
export function writePage(editor: readonly EditorEndpoint[], station: readonly StationDescription[]): string {
  const editorRows = editor.map(({ name, permission }) => {
    const { does, bound } = EDITOR[name] ?? { does: '', bound: '' };
    return [`\`${name}\``, does, `\`${permission}\``, bound];
  });
  const stationRows = station.map(({ path, methods, credential, does, bound }) => [
    `\`${path}\``,
    methods,
    does,
    credential,
    bound,
  ]);
  return [
    INTRODUCTION,
    ROLES,
    EDITOR_TEXT,
    table(['endpoint', 'what it does', 'permission', 'bound'], editorRows),
    STATION_TEXT,
    table(['address', 'methods', 'what it does', 'credential', 'bound'], stationRows),
    REST,
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}

const INTRODUCTION = `# The security model

Who may do what, by which credential, and what bounds it. [SECURITY.md](../SECURITY.md) says how it is done, what is not protected, and how to report a weakness.

A test writes this page from the code: the endpoints as the nodes register them, their permissions, and the bounds. It fails where the page is not up to date, and another where a running Node-RED has an endpoint that is not on it. \`npm test -- --grep "docs/security-model.md"\` with the environment variable \`WRITE_PAGES=1\` writes it anew.
`;

const ROLES = `## Who may do what

${table(
  ['who', 'credential', 'may'],
  [
    [
      'a user of the editor who may read',
      "a login of `adminAuth` with `sensorpost.read` and the nodes' `.read`",
      'see queues, refused readings, pins and cameras, and export readings; no key',
    ],
    [
      'a user of the editor who may write',
      '`sensorpost.write`, as `*` includes it',
      'pause, send again, delete, reassign and import what waits',
    ],
    [
      'a user of the editor who may change flows',
      '`flows.write`',
      'deploy nodes and keys, test a connection, read a sensor, take a picture: all that Node-RED itself may',
    ],
    [
      'whoever reaches the editor, where there is no `adminAuth`',
      'none',
      'all of that, as in the rest of the editor',
    ],
    [
      'a device',
      'the key of its sensor, or the token of an account, as `Authorization: Bearer KEY` or `X-API-Key: KEY`',
      "post readings of that sensor, or of the account's devices, and ask what the API tells; look at nothing else",
    ],
    [
      'whoever may look at the station',
      "what the station's settings and `httpNodeAuth` ask for",
      'see graphs and pictures, and download readings; change nothing',
    ],
    [
      'a page of another website, in the browser of one of these',
      'none that it can send',
      'nothing: the editor refuses it, and no answer of the station can be read by it, unless `httpNodeCors` allows that',
    ],
    [
      'a server or a proxy',
      'the key or token that it is given',
      'take readings, refuse them or delay them; what it answers is data, with keys redacted. It cannot have anything done',
    ],
    ["Node-RED's user, and root", 'the rights of the system', 'read and change everything'],
  ],
)}`;

const EDITOR_TEXT = `## The editor's endpoints

Below \`httpAdminRoot\`. All refuse what a page of another website may have asked (403), want JSON where they are posted to (lines of JSON for a file), and forbid caches to keep the answer. Node-RED bounds a JSON body at 5 MB (\`apiMaxLength\`).
`;

const STATION_TEXT = `## The station's endpoints

Below \`/station\` of \`httpNodeRoot\`, while a deployed node uses the station. Who gives no key where one is needed, or a wrong one, gets 401 or 403 before a byte of the body is read. All answers that wait to be taken have ${UNTAKEN} of memory together, half of it those of one address; who takes nothing for 30 s is cut off.
`;

const REST = `## Files, programs and connections

${table(
  ['what', 'who has access', 'bound'],
  [
    [
      'queue, station and their databases, in `sensorpost` of the user folder',
      "Node-RED's user alone (mode 0700); no symbolic link is opened in place of a file",
      '`keepDays` and `keepMegabytes` of each',
    ],
    [
      'keys and tokens',
      "Node-RED's credentials, encrypted with `credentialSecret`",
      'used at the last moment, redacted in what comes back',
    ],
    [
      'camera programs, the GPIO helper, thumbnails',
      'started by Node-RED without a shell, with a few variables of its environment',
      'a time limit each; thumbnails have a bound of memory',
    ],
    [
      'requests to servers',
      'the server of the config node, by its proxy; no redirect is followed',
      '1 MB of an answer, and a time limit',
    ],
  ],
)}`;
