import type { EditedNode, InputValue } from './red';
import { showSectionFor } from './form';

/** The settings of the choice of a server, which both config nodes have. */
interface ServerShape {
  server: string;
  url: string;
}

/** Whether the address of a server of one's own can be used: `true`, or why not. */
export function validateServerUrl(
  this: EditedNode<ServerShape>,
  value: InputValue,
  _options: object,
): true | string {
  const select = $('#node-config-input-server');
  const server = select.length > 0 ? String(select.val()) : this.server;
  const text = String(value ?? '').trim();
  // ${NAME} stands for an environment variable, whose value the editor does not know.
  if (server !== 'custom' || /^https?:\/\/[^/?#@\s]+[^?#@\s]*$/i.test(text) || text.includes('${'))
    return true;
  return this._('common.error.url');
}

/** Sets up the choice of a server in an open dialog. */
export function prepareServerChoice(): void {
  showSectionFor('#node-config-input-server', '.sensorpost-server-custom', ['custom']);
  showSectionFor('#node-config-input-server', '.sensorpost-server-remote', ['cloud', 'custom']);
  showSectionFor('#node-config-input-server', '.sensorpost-server-here', ['here']);
}
