import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { Transport } from '../../delivery';
import type { HttpClient } from '../../http';
import { success, type Misconfiguration, type Result } from '../../result';
import type { Station } from '../../station';
import { readSettings, type Settings } from '../contract';
import { useStation } from '../runtime';
import type { Destinations } from './destinations';
import { concurrentOf, type Destination, type QueueSettings } from './queue';
import { chooseServer, isUnverified, openHttp, parseStationSecret, type ServerSettings } from './server';

type ConfigSettings = Settings & ServerSettings & QueueSettings;

/** What differs between the destinations of config nodes. */
export interface DestinationType<Item extends object, Shape extends ConfigSettings> {
  /** What messages to users call the credential. */
  readonly credentialTerm: string;
  /** The base URL of the service's own server. */
  readonly cloudUrl: string;
  readonly destinations: Destinations<Item>;
  /** As in `Destination`; false where left out. */
  readonly isOnDemand?: boolean;
  /** Its destination at the station of this Node-RED. */
  readonly atStation: (
    station: Station,
    settings: Shape,
  ) => Result<StationDestination<Item>, Misconfiguration>;
  /** Its destination at a server with this base URL. */
  readonly atServer: (login: Login<Shape>) => Result<ServerDestination<Item>, Misconfiguration>;
}

/** What differs between the config nodes. */
export interface ConfigNodeType<Item extends object, Shape extends ConfigSettings> extends DestinationType<
  Item,
  Shape
> {
  readonly type: string;
  readonly defaults: Shape;
  readonly credential: string;
  /** Called with what each node of the type was made of. */
  readonly created?: (node: Node, settings: Shape, secret: string) => void;
}

/** What leads a config node to its destination at a server. */
export interface Login<Shape> {
  readonly node: Node;
  readonly settings: Shape;
  readonly baseUrl: string;
  readonly secret: string;
}

/** A destination at the station. */
export interface StationDestination<Item> {
  readonly key: string;
  readonly transport: Transport<Item>;
  /** Lets other clients publish there with `secret`, if there is one. @returns ends that */
  readonly register: (secret: string | undefined) => () => void;
}

/** A destination at a server. */
export interface ServerDestination<Item> {
  readonly key: string;
  readonly connect: (http: HttpClient) => Result<Transport<Item>, Misconfiguration>;
}

/** Registers a type of config node. Each node has a destination, which its settings and its credential lead to. */
export function registerConfigNode<Item extends object, Shape extends ConfigSettings>(
  RED: NodeAPI,
  configNode: ConfigNodeType<Item, Shape>,
): void {
  const { type, credential } = configNode;

  function ConfigNode(this: Node<Partial<Record<string, string>>>, def: NodeDef): void {
    RED.nodes.createNode(this, def);
    const settings = readSettings(configNode.defaults, def);
    const secret = this.credentials[credential] ?? '';
    configNode.created?.(this, settings, secret);
    ownDestination(RED, this, configNode, { settings, secret });
  }

  RED.nodes.registerType(type, ConfigNode, { credentials: { [credential]: { type: 'password' } } });
}

/** What a config node was made of. */
interface ConfigNodeValues<Shape> {
  readonly settings: Shape;
  readonly secret: string;
}

/** Makes a config node own the destination of a type that its settings and its credential lead to. */
export function ownDestination<Item extends object, Shape extends ConfigSettings>(
  RED: NodeAPI,
  node: Node,
  type: DestinationType<Item, Shape>,
  values: ConfigNodeValues<Shape>,
): void {
  const opened = openDestination(RED, node, type, values);
  const { isOnDemand = false } = type;
  type.destinations.own(RED, node, opened.ok ? success({ ...opened.value, isOnDemand }) : opened);
}

const UNVERIFIED =
  "The server's certificate is not checked, because Verify server certificate is off in the TLS configuration, or " +
  'NODE_TLS_REJECT_UNAUTHORIZED is 0: whoever is in between can read and change what is sent, the key included. Turn it ' +
  "on, and enter the server's own certificate authority there if it has one";

/** A destination of which only its type says the rest. */
type OpenedDestination<Item> = Omit<Destination<Item>, 'isOnDemand'>;

function openDestination<Item extends object, Shape extends ConfigSettings>(
  RED: NodeAPI,
  node: Node,
  type: DestinationType<Item, Shape>,
  { settings, secret }: ConfigNodeValues<Shape>,
): Result<OpenedDestination<Item>, Misconfiguration> {
  const server = chooseServer(settings, type.cloudUrl);
  if (!server.ok) return server;
  if (server.value.kind === 'here') {
    const found = type.atStation(useStation(RED, node), settings);
    return found.ok ? success(openAtStation(found.value, settings, secret, type.credentialTerm)) : found;
  }
  const found = type.atServer({ node, settings, baseUrl: server.value.url, secret });
  if (!found.ok) return found;
  const unverified = isUnverified(RED, settings, server.value.url);
  if (unverified) node.warn(UNVERIFIED);
  return success({ ...openAtServer(RED, found.value, settings), isUnverified: unverified });
}

function openAtStation<Item>(
  { key, transport, register }: StationDestination<Item>,
  settings: ConfigSettings,
  secret: string,
  term: string,
): OpenedDestination<Item> {
  const parsed = parseStationSecret(secret, term);
  const unregister = parsed.ok ? register(parsed.value) : undefined;
  return {
    key,
    transport: parsed.ok ? success(transport) : parsed,
    settings,
    isUnverified: false,
    close: () => unregister?.(),
  };
}

function openAtServer<Item>(
  RED: NodeAPI,
  { key, connect }: ServerDestination<Item>,
  settings: ConfigSettings,
): Omit<OpenedDestination<Item>, 'isUnverified'> {
  const http = openHttp(RED, settings, { concurrent: concurrentOf(settings) });
  return {
    key,
    transport: http.ok ? connect(http.value) : http,
    settings,
    close: () => http.ok && http.value.close(),
  };
}
