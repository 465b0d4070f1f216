/** What nodes without a name are called in the workspace and in lists: by what tells them apart. */
import type { ServerSettings } from './server';
import type { EditedNode } from '../red';

/** "rpi at Senio": a config node by what it leads to, and its server. @param cloud what the service's own server is called */
export function placeLabel(
  node: EditedNode<unknown>,
  { name, server, url, cloud }: ServerSettings & { readonly name: string; readonly cloud: string },
): string {
  if (server === 'here') return node._('common.place.here', { name });
  return node._('common.place.at', { name, server: server === 'cloud' ? cloud : hostOf(url) });
}

/** The host of an address, or what is there in place of one. */
function hostOf(url: string): string {
  return /^https?:\/\/([^/?#@\s]+)/i.exec(url.trim())?.[1] ?? (url.trim() || '?');
}

/** "garden › temp": a field of a sensor, or a signal of a device; an empty part is left out. */
export function fieldLabel(device: string, field: string): string {
  return [device, field]
    .map((part) => part.trim())
    .filter(Boolean)
    .join(' › ');
}

/** A value of a typed input as a label says it: itself, or where it comes from; empty for an expression. */
export function typedLabel(value: string, kind: string): string {
  if (kind === 'str' || value === '') return value;
  if (kind === 'env') return `\${${value}}`;
  return kind === 'jsonata' ? '' : `${kind}.${value}`;
}

/** Draws the nodes that refer to a config node of a type anew when it has changed: their labels may say something of it. */
export function redrawUsers(type: string): void {
  RED.events.on('nodes:change', (node) => {
    if (node.type !== type) return;
    for (const user of node.users ?? []) {
      user.resize = true;
      user.dirty = true;
    }
    RED.view.redraw();
  });
}
