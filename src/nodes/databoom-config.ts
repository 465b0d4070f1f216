import type { NodeAPI } from 'node-red';
import {
  createKnownSignals,
  DATABOOM_SERVER,
  encodePush,
  listSignalStatuses,
  metaOfSignal,
  openDataboomAccount,
  parseDataboomUrl,
  withFirstContact,
} from '../databoom';
import { success } from '../result';
import { offerDataboomTest } from './connection-test';
import { DATABOOM_CONFIG } from './contract';
import { keepLogin } from './databoom-reading';
import { createSignalMemory, databoomAccounts, registerAccount, registerConfigNode } from './publishing';
import { showInvisible } from '../visible-text';

/** Registers `databoom-config`: an account of a server with Databoom's API, and its OAuth token. */
export = function register(RED: NodeAPI): void {
  offerDataboomTest(RED);
  registerConfigNode(RED, {
    type: 'databoom-config',
    defaults: DATABOOM_CONFIG,
    credential: 'token',
    credentialTerm: 'OAuth token',
    cloudUrl: DATABOOM_SERVER,
    destinations: databoomAccounts,
    created: (node, settings, token) => keepLogin(RED, node, { settings, token }),
    atStation(station, { fields }) {
      const transport = station.databoomTransport();
      return success({
        key: 'databoom station/v1/signals/push',
        transport: {
          deliver: (push, signal) => transport.deliver(encodePush(push), signal),
          preview: async (pushes) => (await transport.preview?.(pushes.map(encodePush))) ?? false,
        },
        register: (token) => station.registerAccount({ token, fields }),
      });
    },
    atServer({ node, settings, baseUrl, secret }) {
      const account = { server: baseUrl, token: secret };
      const url = parseDataboomUrl(account.server);
      if (!url.ok) return url;
      const key = registerAccount(RED, node, {
        url: url.value,
        account: settings.account.trim(),
        token: secret.trim(),
      });
      const described = new Map(settings.fields.map((field) => [field.name, field]));
      const metaOf = (name: string) => metaOfSignal(name, described.get(name));
      return success({
        key,
        connect: (http) => {
          const opened = openDataboomAccount(account, http);
          if (!opened.ok) return opened;
          const known = createKnownSignals({
            memory: createSignalMemory(RED, key),
            list: (signal, nextRequest) => listSignalStatuses(account, http, signal, nextRequest),
            warn: (text) => node.warn(showInvisible(text)),
          });
          return success(withFirstContact(opened.value, { known, metaOf }));
        },
      });
    },
  });
};
