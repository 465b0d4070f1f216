import type { NodeAPI } from 'node-red';
import { cameraEnvironmentOf } from './camera-environment';
import { loadCameraRoom } from './camera-room';
import { shareListing } from './shared-listing';

// The slowest program lists cameras within a few seconds; an editor waits no longer than this.
const LONGEST_WAIT_MS = 15_000;

/**
 * Serves `GET /sensorpost/cameras` to the editor: the connected cameras, or a failure, as JSON. Needs the editor's
 * permission to read this node type. A listing starts a camera program, so that all who ask meanwhile share one.
 */
export function offerCameras(RED: NodeAPI): void {
  const list = shareListing(async (signal) =>
    loadCameraRoom().listCameras(
      AbortSignal.any([signal, AbortSignal.timeout(LONGEST_WAIT_MS)]),
      cameraEnvironmentOf(RED),
    ),
  );
  RED.httpAdmin?.get(
    '/sensorpost/cameras',
    RED.auth.needsPermission('picamera-in.read'),
    (_request, response) => {
      const client = new AbortController();
      response.on('close', () => client.abort());
      response.set('Cache-Control', 'no-store');
      void list(client.signal).then((listed) =>
        response.json(
          listed.ok ? { cameras: listed.value } : { cameras: [], reason: listed.failure.message },
        ),
      );
    },
  );
}
