/** The options of a camera in its dialog: their validators, presets, and a picture to try them. */
import './picture.css';

export { noteSetOptions } from './labels';
export { cameraOption } from './validators';
export { offerPresets } from './presets';
export { prepareTry } from './try';
