/**
 * Camera: takes a still with the system's camera program, from its standard output into memory.
 *
 * `createCamera(settings).capture(signal)` gives a whole picture or a failure that says what to do; `listCameras` says
 * what is connected. It knows no Node-RED. The environment is for tests: in use, leave it out, because captures take
 * turns only within one environment's queues, and the system's are those of the whole process.
 */
export { createCamera, type Camera, type CaptureResult } from './camera';
export type { Picture } from './capture';
export { systemEnvironment, type CameraEnvironment } from './environment';
export type { CaptureFailure, CaptureProblem } from './failures';
export { inspectJpeg, type JpegVerdict } from './jpeg';
export { listCameras, type CameraChoice } from './list';
export {
  checkSettings,
  SYSTEM_PROGRAMS,
  type CameraProgram,
  type CameraSettings,
  type PictureSource,
  type SystemProgram,
} from './settings';
export { createProgramRecords, type ProgramRecords } from './program-records';
export { createCameraQueues, type CameraQueue, type CameraQueues } from './queues';
