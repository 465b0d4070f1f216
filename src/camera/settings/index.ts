/** What a person chooses for a camera, and the names of the programs. */
export {
  checkSettings,
  isDevicePath,
  SYSTEM_PROGRAMS,
  type CameraProgram,
  type CameraSettings,
  type PictureSource,
  type SystemProgram,
} from './settings';
