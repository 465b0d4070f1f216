import type { Node, NodeAPI, NodeDef } from 'node-red';
import { success } from '../result';
import { HASH_PASSWORD, readSettings, STATION_CONFIG, STATION_EXPOSURE } from './contract';
import { answerDialog } from './dialogs';
import { hashStationPassword, isStationExposed, isStationPasswordHash, restrictStation } from './runtime';

/** Registers `station-config`: who may look at the station of this Node-RED. */
export = function register(RED: NodeAPI): void {
  offerDialog(RED);

  function StationConfig(this: Node<{ passwordHash: unknown }>, def: NodeDef): void {
    RED.nodes.createNode(this, def);
    const { access } = readSettings(STATION_CONFIG, def);
    const { passwordHash } = this.credentials;
    const isUsable = typeof passwordHash === 'string' && isStationPasswordHash(passwordHash);
    if (access === 'password' && !isUsable) this.error(RED._('station-config.error.noPassword'));
    const end = restrictStation(RED, { access, passwordHash: isUsable ? passwordHash : undefined });
    this.on('close', (done: () => void) => {
      end();
      done();
    });
  }

  RED.nodes.registerType('station-config', StationConfig, {
    credentials: { passwordHash: { type: 'password' } },
  });
};

function offerDialog(RED: NodeAPI): void {
  // The editor has no scrypt, and what it stores is to be the hash from the first moment.
  const hash = { path: HASH_PASSWORD, permission: 'station-config.write' };
  answerDialog(RED, hash, async ({ password }) => {
    const hashed = await hashStationPassword(typeof password === 'string' ? password : '');
    return hashed.ok ? success({ hash: hashed.value }) : hashed;
  });
  const exposure = { path: STATION_EXPOSURE, permission: 'station-config.read' };
  answerDialog(RED, exposure, () => Promise.resolve(success({ isExposed: isStationExposed(RED) })));
}
