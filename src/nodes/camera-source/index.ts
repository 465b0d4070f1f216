/** The camera as a source of messages. The camera's own room is loaded once a flow or a dialog has a camera. */
export { cameraEnvironmentOf } from './camera-environment';
export { offerCameras } from './camera-list';
export { loadCameraRoom } from './camera-room';
export { offerPicture } from './dialog';
export { cameraSettingsOf, settingsInMessage } from './settings';
