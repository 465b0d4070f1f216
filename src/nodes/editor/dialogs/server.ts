import { currentValue, showSectionFor } from './form';
import { prepareStationButton } from '../station-page';
import type { AnyNode, EditedNode, InputValue } from '../red';

/** The settings of both config nodes that choose the server. */
export interface ServerSettings {
  readonly server: string;
  readonly url: string;
}

/** The chosen server of a config node: from its open dialog, or as it is stored. */
export function serverOf(node: AnyNode): string {
  return currentValue(node, 'server', 'node-config-input');
}

/** Validates the address of the user's own server. */
export function validateServerUrl(
  this: EditedNode<ServerSettings>,
  value: InputValue,
  _options: object,
): true | string {
  const text = String(value ?? '').trim();
  // ${NAME} stands for an environment variable, whose value the editor does not know.
  if (serverOf(this) !== 'custom' || /^https?:\/\/[^/?#@\s][^?#@\s]*$/i.test(text) || text.includes('${'))
    return true;
  return this._('common.error.url');
}

/** Sets up the choice of a server in an open dialog, with the way to the station's page. */
export function prepareServerChoice(node: EditedNode<unknown>): void {
  prepareStationButton((key, values) => node._(key, values));
  showSectionFor('#node-config-input-server', '.sensorpost-server-custom', ['custom']);
  showSectionFor('#node-config-input-server', '.sensorpost-server-remote', ['cloud', 'custom']);
  showSectionFor('#node-config-input-server', '.sensorpost-server-here', ['here']);
}
