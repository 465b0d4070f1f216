import type { Node, NodeAPI, NodeDef } from 'node-red';
import {
  DATABOOM_SERVER,
  encodePush,
  openDataboomAccount,
  parseDataboomUrl,
  type DataboomAccount,
  type Push,
} from '../databoom';
import type { Transport } from '../delivery';
import { success, type Misconfiguration, type Result } from '../result';
import type { Station } from '../station';
import {
  chooseServer,
  claimAccount,
  databoomAccounts,
  openHttp,
  parseStationSecret,
  type Destination,
  type QueueSettings,
  type ServerSettings,
} from './publishing';
import { offerDataboomTest } from './connection-test';
import { DATABOOM_CONFIG, readSettings } from './contract';
import { mountStation, useStation } from './runtime';

type DataboomConfigNode = Node<{ token: string | undefined }>;

/** Registers `databoom-config`: an account of a server with Databoom's API, and its OAuth token. */
export = function register(RED: NodeAPI): void {
  mountStation(RED);
  offerDataboomTest(RED);

  function openAccount(node: DataboomConfigNode, def: NodeDef): Result<Destination<Push>, Misconfiguration> {
    const settings = readSettings(DATABOOM_CONFIG, def);
    const token = node.credentials.token ?? '';
    const station = useStation(RED, node);
    const server = chooseServer(settings, DATABOOM_SERVER);
    if (!server.ok) return server;
    if (server.value.kind === 'here') return openStationAccount(station, token, settings);
    const account = { server: server.value.url, token };
    const url = parseDataboomUrl(account.server);
    if (!url.ok) return url;
    const key = `databoom ${url.value} ${settings.account.trim()}`.trim();
    const claim = claimAccount(RED, node, key, token);
    return claim.ok ? success({ key, ...openRemoteAccount(account, settings) }) : claim;
  }

  function openRemoteAccount(
    account: DataboomAccount,
    settings: ServerSettings & QueueSettings,
  ): Omit<Destination<Push>, 'key'> {
    const http = openHttp(RED, settings);
    return {
      transport: http.ok ? openDataboomAccount(account, http.value) : http,
      settings,
      close: () => http.ok && http.value.close(),
    };
  }

  function DataboomConfig(this: DataboomConfigNode, def: NodeDef): void {
    RED.nodes.createNode(this, def);
    databoomAccounts.own(RED, this, openAccount(this, def));
  }

  RED.nodes.registerType('databoom-config', DataboomConfig, { credentials: { token: { type: 'password' } } });
};

function openStationAccount(
  station: Station,
  token: string,
  settings: typeof DATABOOM_CONFIG,
): Result<Destination<Push>, Misconfiguration> {
  const secret = parseStationSecret(token, 'OAuth token');
  const unregister = secret.ok
    ? station.registerAccount({ token: secret.value, fields: settings.fields })
    : undefined;
  const stationTransport = station.databoomTransport();
  const transport: Transport<Push> = {
    deliver: (push, signal) => stationTransport.deliver(encodePush(push), signal),
  };
  return success({
    key: 'databoom station/v1/signals/push',
    transport: secret.ok ? success(transport) : secret,
    settings,
    close: () => unregister?.(),
  });
}
