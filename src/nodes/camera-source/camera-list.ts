import type { NodeAPI } from 'node-red';
import { success } from '../../result';
import { CAMERAS, type CamerasAnswer } from '../contract';
import { answerDialog } from '../dialogs';
import { cameraEnvironmentOf } from './camera-environment';
import { loadCameraRoom } from './camera-room';
import { shareListing } from './shared-listing';

// The slowest program lists cameras within a few seconds; an editor waits no longer than this.
const LONGEST_WAIT_MS = 15_000;

/**
 * Serves the connected cameras to the editor. Needs the permission to read this node type. A listing starts a camera
 * program, so that all who ask meanwhile share one.
 */
export function offerCameras(RED: NodeAPI): void {
  const list = shareListing(async (signal) =>
    loadCameraRoom().listCameras(
      AbortSignal.any([signal, AbortSignal.timeout(LONGEST_WAIT_MS)]),
      cameraEnvironmentOf(RED),
    ),
  );
  answerDialog(RED, { path: CAMERAS, permission: 'picamera-in.read' }, async (_question, client) => {
    const listed = await list(client);
    if (!listed.ok) return listed;
    const answer: Omit<CamerasAnswer, 'ok'> = { cameras: listed.value };
    return success(answer);
  });
}
