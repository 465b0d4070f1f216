import type { NodeAPI } from 'node-red';
import { showInvisible } from '../../visible-text';

const LEVELS: Readonly<Record<string, 'info' | 'warn'>> = {
  'disk-free': 'info',
  'torn-log': 'info',
  'last-write-torn': 'info',
  'images-unnamed': 'warn',
  'clock-ahead': 'warn',
  'clock-confirmed': 'info',
  'clock-back': 'info',
};

/** Logs what happened to the files of the outbox or the station: it concerns no single node. */
export function logNotice(
  RED: NodeAPI,
  { kind, message }: { readonly kind: string; readonly message: string },
): void {
  RED.log[LEVELS[kind] ?? 'error'](`[sensorpost] ${showInvisible(message)}`);
}
