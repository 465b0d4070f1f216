import { isUint8Array } from 'node:util/types';
import { decodeJson } from '../json';

/** A longer text is not looked at: nobody takes it for a reading by mistake, and parsing it takes long. */
const LONGEST_JSON = 1_000_000;

/** Whether a text or a Buffer holds an object or an array in JSON, or lines of them, as a node before it may have left it. */
export function holdsJson(payload: unknown): boolean {
  const text = textOf(payload).trim();
  const [line = ''] = text.split('\n', 1);
  return isJson(text) || isJson(line.trim());
}

function isJson(text: string): boolean {
  if (!/^[[{]/.test(text) || !/[\]}]$/.test(text.slice(-1))) return false;
  return decodeJson(text) !== undefined;
}

function textOf(payload: unknown): string {
  if (typeof payload === 'string') return payload.length <= LONGEST_JSON ? payload : '';
  if (!isUint8Array(payload) || payload.length > LONGEST_JSON) return '';
  return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString();
}
