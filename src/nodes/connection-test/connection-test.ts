/** "Test connection" in the dialogs of config nodes: with the settings of the open dialog, deployed or not. */
import type { NodeAPI } from 'node-red';
import { checkDataboomAccount, DATABOOM_SERVER, parseDataboomUrl } from '../../databoom';
import { parsePathSegment, type HttpClient } from '../../http';
import { failed, misconfigured, success, type Failure, type Result } from '../../result';
import { checkSenioSensor, SENIO_SERVER } from '../../senio';
import { answerDialog, dialogSettings, expandVariable } from '../dialogs';
import {
  DATABOOM_CONFIG,
  readSettings,
  SENIO_CONFIG,
  STORED_SECRET,
  TEST_DATABOOM,
  TEST_SENIO,
  type DataboomAnswer,
  type SenioAnswer,
  type Settings,
} from '../contract';
import { chooseServer, openHttp, parseStationSecret, type ServerSettings } from '../publishing';
import { borrowStation, parseKey, runtimeOf } from '../runtime';

// A user who may change flows could send a stored key anywhere; nobody else may.
const PERMISSION = 'flows.write';

// A user waits no longer than this at a dialog, however long a delivery may take.
const LONGEST_TEST_MS = 15_000;

type Question = Readonly<Record<string, unknown>>;
type Answer<Value> = Promise<Result<Omit<Value, 'ok'>, Failure<string>>>;

/** Serves the test of `senio-config`: it answers with the sensor's name and fields. */
export function offerSenioTest(RED: NodeAPI): void {
  answerDialog(RED, { path: TEST_SENIO, permission: PERMISSION }, async (question, signal) => {
    const { settings, secret } = readDialog(RED, 'senio-config', 'key', SENIO_CONFIG, question);
    const name = settings.sensor.trim();
    const server = chooseServer(settings, SENIO_SERVER);
    if (!server.ok) return server;
    if (name === '') return NO_SENSOR;
    if (server.value.kind === 'here') return askStation(RED, name, secret);
    const sensor = { server: server.value.url, name, key: secret };
    return withHttp(RED, settings, (http) => checkSenioSensor(sensor, http, signal));
  });
}

const NO_SENSOR = misconfigured(
  'Enter the name of a sensor to test with: its server is asked for its fields. Where every senio node takes the name from messages or elsewhere, it may be empty again afterwards',
);

async function askStation(RED: NodeAPI, name: string, key: string): Answer<SenioAnswer> {
  const usable = parsePathSegment(name, 'sensor name');
  if (!usable.ok) return usable;
  const secret = parseStationSecret(key, 'device key');
  if (!secret.ok) return secret;
  const known = await borrowStation(RED, (station) => station.senioFields(name));
  if (!known.ok) return known;
  const fields = Object.entries(known.value).map(([field, { type, unit }]) => ({ name: field, type, unit }));
  return success({ name, fields });
}

/**
 * Serves the test of `databoom-config`: it answers whether the token may list signals. That says nothing of pushing,
 * which only a reading shows: a push that was refused before makes it a failure, whatever the list says.
 */
export function offerDataboomTest(RED: NodeAPI): void {
  const route = { path: TEST_DATABOOM, permission: PERMISSION };
  answerDialog(RED, route, async (question, signal): Answer<DataboomAnswer> => {
    const { settings, secret } = readDialog(RED, 'databoom-config', 'token', DATABOOM_CONFIG, question);
    const server = chooseServer(settings, DATABOOM_SERVER);
    if (!server.ok) return server;
    if (server.value.kind === 'here') {
      // The station takes readings of its own Node-RED without a token; one that is set must be usable.
      const token = parseStationSecret(secret, 'OAuth token');
      return token.ok ? success({ listingRefused: '' }) : token;
    }
    const account = { server: server.value.url, token: secret };
    const checked = await withHttp(RED, settings, (http) => checkDataboomAccount(account, http, signal));
    if (!checked.ok) return checked;
    const refused = question['secret'] === STORED_SECRET && refusedPush(RED, question['id'], account.server);
    if (refused) return failed({ kind: 'unauthorised', message: pushRefusedMessage(refused) });
    const { value } = checked;
    return success({ listingRefused: value.listing === 'refused' ? value.refusal.message : '' });
  });
}

/** Why the server refused the token of a deployed config node with its last push there; undefined where it did not. */
function refusedPush(RED: NodeAPI, id: unknown, server: string): string | undefined {
  const url = parseDataboomUrl(server);
  if (!url.ok) return undefined;
  for (const [key, queues] of runtimeOf(RED).queues) {
    if (parseKey(key).address !== url.value) continue;
    const queue = [...queues].find(({ node }) => node.id === id);
    const state = queue?.state();
    const failures = [state?.failure, ...(state?.deferred ?? []).map(({ failure }) => failure)];
    const refusal = failures.find((failure) => failure?.kind === 'unauthorised');
    if (refusal) return refusal.message;
  }
  return undefined;
}

function pushRefusedMessage(reason: string): string {
  return `A push with this token was refused, it needs the permission Publish, with an HTTP template also Create: ${reason}`;
}

async function withHttp<Value>(
  RED: NodeAPI,
  settings: ServerSettings,
  check: (http: HttpClient) => Promise<Result<Value, Failure<string>>>,
): Promise<Result<Value, Failure<string>>> {
  for (const id of [settings.tls, settings.proxy]) {
    // The declared type leaves out that there may be no such node.
    const node: object | null = RED.nodes.getNode(id);
    if (id !== '' && !node) return NOT_DEPLOYED;
  }
  const http = openHttp(RED, settings, { longestMs: LONGEST_TEST_MS });
  if (!http.ok) return http;
  try {
    return await check(http.value);
  } finally {
    http.value.close();
  }
}

const NOT_DEPLOYED = misconfigured(
  'The TLS configuration or the proxy is not deployed yet: deploy, then test again',
);

/** A dialog's settings and its secret as the node would get them: complete, with the values of environment variables. */
function readDialog<Shape extends Settings>(
  RED: NodeAPI,
  type: string,
  secretName: string,
  shape: Shape,
  question: Question,
): { readonly settings: Shape; readonly secret: string } {
  const { id, settings: given, secret: typed } = question;
  const isDeployed = typeof id === 'string' && isNodeOfType(RED, id, type);
  const deployedId = isDeployed ? id : '';
  const stored: unknown =
    isDeployed && typed === STORED_SECRET
      ? Reflect.get(RED.nodes.getCredentials(id) ?? {}, secretName)
      : undefined;
  const secret = expandVariable(RED, deployedId, typed === STORED_SECRET ? stored : typed);
  return {
    settings: readSettings(shape, {
      ...dialogSettings(RED, deployedId, given),
      type,
      version: shape['version'],
    }),
    secret: typeof secret === 'string' ? secret : '',
  };
}

/** Whether the deployed flows have such a node: an id alone must not lead to the secret of a node of another type. */
function isNodeOfType(RED: NodeAPI, id: string, type: string): boolean {
  let isThere = false;
  RED.nodes.eachNode((node) => {
    if (node.id === id && node.type === type) isThere = true;
  });
  return isThere;
}
