import type { NodeAPI } from 'node-red';
import { cameraEnvironmentOf } from './camera-environment';
import { loadCameraRoom } from './camera-room';

// The slowest program lists cameras within a few seconds; an editor waits no longer than this.
const LONGEST_WAIT_MS = 15_000;

/**
 * Serves `GET /sensorpost/cameras` to the editor: the connected cameras, or a failure, as JSON. Needs the editor's
 * permission to read this node type.
 */
export function offerCameras(RED: NodeAPI): void {
  RED.httpAdmin?.get(
    '/sensorpost/cameras',
    RED.auth.needsPermission('picamera-in.read'),
    (_request, response) => {
      void loadCameraRoom()
        .listCameras(AbortSignal.timeout(LONGEST_WAIT_MS), cameraEnvironmentOf(RED))
        .then((listed) =>
          response.json(
            listed.ok ? { cameras: listed.value } : { cameras: [], reason: listed.failure.message },
          ),
        );
    },
  );
}
