import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import type { NewMeasurement, Station } from '../station';
import { nodeError, timeOfDay, unexpected, useStation } from './runtime';
import { readSettings, STATION_IN } from './contract';

/** Registers `station-in`: sends a message for each measurement that the station of this Node-RED accepts. */
export = function register(RED: NodeAPI): void {
  function StationIn(this: Node, def: NodeDef): void {
    RED.nodes.createNode(this, def);
    const { source } = readSettings(STATION_IN, def);
    const wanted = source.trim();
    const station = useStation(RED, this);
    // Messages keep the order of acceptance, although pictures are read from the disk first.
    let sending = Promise.resolve();
    let isStopped = false;
    let shown = '';

    // Once a second at most: a push with history makes thousands of messages.
    const show = (time: string) => {
      if (time === shown) return;
      shown = time;
      this.status({ fill: 'green', shape: 'dot', text: RED._('station-in.status.received', { time }) });
    };

    const send = async (measurement: NewMeasurement) => {
      const message = await messageOf(station, measurement);
      if (isStopped || !message) return;
      show(timeOfDay(Date.now()));
      this.send(message);
    };

    const stopListening = station.listen((measurement) => {
      if (wanted !== '' && measurement.name !== wanted) return;
      sending = sending
        .then(() => send(measurement))
        .catch((error: unknown) => this.error(nodeError(unexpected(error))));
    });

    this.on('close', (done: () => void) => {
      isStopped = true;
      stopListening();
      this.status({});
      done();
    });
  }

  RED.nodes.registerType('station-in', StationIn);
};

/** A measurement as a senio node takes it, without damaged pictures; undefined where nothing is left. */
async function messageOf(
  station: Station,
  { kind, name, timestamp, fields }: NewMeasurement,
): Promise<NodeMessage | undefined> {
  const payload: [string, unknown][] = [];
  for (const [field, value] of fields) {
    const content = typeof value === 'object' ? await station.readPicture(value) : value;
    if (content !== undefined) payload.push([field, content]);
  }
  if (payload.length === 0) return undefined;
  return { payload: Object.fromEntries(payload), timestamp, topic: name, station: { kind, name } };
}
