import { readSettings, SENIO_CONFIG } from '../../contract';
import { byId } from '../elements';
import { showInvisible } from '../../../visible-text';

/** Offers the sensors that the flows send to the station. A device, or any other name, can still be typed. */
export function offerSources(): void {
  const names = new Set<string>();
  RED.nodes.eachConfig((node) => {
    if (node.type !== 'senio-config' || node.d) return;
    const { server, sensor } = readSettings(SENIO_CONFIG, node);
    if (server === 'here' && sensor.trim() !== '') names.add(sensor.trim());
  });
  byId('sensorpost-sources').replaceChildren(
    ...[...names].map((name) => new Option(showInvisible(name), name)),
  );
}
