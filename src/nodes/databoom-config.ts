import type { Node, NodeAPI, NodeDef } from 'node-red';
import { DATABOOM_SERVER, encodePush, openDataboomAccount, type Push } from '../databoom';
import type { DeliveryFailure, Transport } from '../delivery';
import { success, type Result } from '../result';
import { databoomAccounts, type OpenTransport } from './common/destination';
import { openServer } from './common/server';
import { DATABOOM_CONFIG, readSettings } from './common/settings';
import { parseStationSecret, stationOf } from './common/station';

type DataboomConfigNode = Node<{ token: string | undefined }>;

/** Registers `databoom-config`: an account of a server with Databoom's API, and its OAuth token. */
export = function register(RED: NodeAPI): void {
  const station = stationOf(RED);

  function openAccount(node: DataboomConfigNode, def: NodeDef): Result<OpenTransport<Push>, DeliveryFailure> {
    const settings = readSettings(DATABOOM_CONFIG, def);
    const token = node.credentials.token ?? '';
    const server = openServer(RED, settings, DATABOOM_SERVER);
    if (!server.ok) return server;
    if (server.value.kind === 'here') return openStationAccount(token);
    const { http, url } = server.value;
    const transport = openDataboomAccount({ server: url, token }, http);
    return transport.ok ? success({ transport: transport.value, close: () => http.close() }) : transport;
  }

  function openStationAccount(token: string): Result<OpenTransport<Push>, DeliveryFailure> {
    const secret = parseStationSecret(token, 'OAuth token');
    if (!secret.ok) return secret;
    const close = station.registerAccount({ token: secret.value });
    const stationTransport = station.databoomTransport();
    const transport: Transport<Push> = {
      deliver: (push, signal) => stationTransport.deliver(encodePush(push), signal),
    };
    return success({ transport, close });
  }

  function DataboomConfig(this: DataboomConfigNode, def: NodeDef): void {
    RED.nodes.createNode(this, def);
    databoomAccounts.own(this, openAccount(this, def));
  }

  RED.nodes.registerType('databoom-config', DataboomConfig, { credentials: { token: { type: 'password' } } });
};
