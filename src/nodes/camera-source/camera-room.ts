import type * as Camera from '../../camera';

/** The camera's room, loaded on first use: a Node-RED without a camera starts faster. */
export function loadCameraRoom(): typeof Camera {
  return require('../../camera');
}
