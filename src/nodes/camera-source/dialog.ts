/** What the dialog of picamera-in asks for: a picture with its settings. */
import type { NodeAPI } from 'node-red';
import type { Picture } from '../../camera';
import { detectImageType } from '../../image';
import { failed, success } from '../../result';
import { PICAMERA_IN, readSettings, TRY_CAMERA, type PictureAnswer } from '../contract';
import { answerDialog, dialogSettings, withinTime } from '../dialogs';
import { cameraEnvironmentOf } from './camera-environment';
import { loadCameraRoom } from './camera-room';
import { cameraSettingsOf } from './settings';

/** Long exposures take minutes; a dialog waits no longer than this. */
const LONGEST_PICTURE_S = 300;

const TOO_LONG =
  `No picture came within ${LONGEST_PICTURE_S} s, which is as long as this dialog waits, and the program was ended: ` +
  'choose a shorter shutter time, or try again when no other picture of this camera is being taken. ' +
  'The deployed node waits longer';

/** More than the largest JPEG of any sensor, and no burden for a browser. */
const MOST_BYTES = 16 * 1024 * 1024;

const BUSY = failed({
  kind: 'busy',
  message: 'Another picture is being taken: wait until it is there, then try again',
} as const);

/**
 * Serves "Take a picture": one at a time for all users. A picture shows what is in front of the camera, and takes the
 * camera from whoever uses it, so it needs the permission to change flows.
 */
export function offerPicture(RED: NodeAPI): void {
  let isTaking = false;
  const route = { path: TRY_CAMERA, permission: 'flows.write' };
  answerDialog(RED, route, async (question, dialog) => {
    const typed = dialogSettings(RED, '', question['settings']);
    const settings = cameraSettingsOf(readSettings(PICAMERA_IN, typed));
    if (!settings.ok) return settings;
    if (isTaking) return BUSY;
    isTaking = true;
    try {
      const time = { limit: AbortSignal.timeout(LONGEST_PICTURE_S * 1000), tooLong: TOO_LONG };
      const camera = loadCameraRoom().createCamera(settings.value, cameraEnvironmentOf(RED));
      const taken = await withinTime(time, dialog, async (signal) => camera.capture(signal));
      return taken.ok ? answerOf(taken.value) : taken;
    } finally {
      isTaking = false;
    }
  });
}

function answerOf({ bytes, program, width, height, ms }: Picture) {
  const type = detectImageType(bytes)?.contentType;
  if (type === undefined || bytes.length > MOST_BYTES) {
    return failed({
      kind: 'too-large',
      message: `The picture has ${bytes.length} bytes, too many to show here: choose a smaller width and height`,
    } as const);
  }
  const answer: Omit<PictureAnswer, 'ok'> = {
    type,
    picture: bytes.toString('base64'),
    program,
    width,
    height,
    bytes: bytes.length,
    ms,
  };
  return success(answer);
}
