import { join } from 'node:path';
import type { NodeAPI } from 'node-red';
import type { CameraEnvironment } from '../../camera';
import { oncePerRuntime, timekeeperOf } from '../runtime';
import { loadCameraRoom } from './camera-room';

/** Where the records of running camera programs are, below Node-RED's user folder. */
const FOLDER = ['sensorpost', 'camera-programs'];

/** The system as cameras see it, with this Node-RED's time and user folder. */
export const cameraEnvironmentOf = oncePerRuntime((RED: NodeAPI): CameraEnvironment => {
  const { createProgramRecords, systemEnvironment } = loadCameraRoom();
  return {
    ...systemEnvironment(),
    now: timekeeperOf(RED).stamp,
    programRecords: createProgramRecords(join(RED.settings.userDir ?? '.', ...FOLDER)),
  };
});
