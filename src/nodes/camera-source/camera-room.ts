import type * as Camera from '../../camera';

/** The camera room, only where a flow has a camera: loading it would make each start of Node-RED longer. */
export function loadCameraRoom(): typeof Camera {
  return require('../../camera');
}
