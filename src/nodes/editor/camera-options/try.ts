import { TRY_CAMERA, type PictureAnswer, type ReadQuestion } from '../../contract';
import { prepareButton } from '../dialogs';
import { element } from '../elements';
import { typedSettings } from './validators';
import type { Translate } from '../red';

/** Sets up the button that takes a picture with what the dialog shows. @returns aborts its request */
export function prepareTry(translate: Translate): () => void {
  return prepareButton<PictureAnswer>(translate, {
    id: 'sensorpost-try',
    path: TRY_CAMERA,
    busy: translate('picamera-in.try.busy'),
    question: (): ReadQuestion => ({ settings: typedSettings() }),
    describe: ({ type, picture, program, width, height, bytes, ms }) => {
      const kilobytes = Math.max(1, Math.round(bytes / 1000));
      const seconds = (ms / 1000).toFixed(1);
      const facts = { program, width, height, kilobytes, seconds };
      const sentence = translate('picamera-in.try.good', facts);
      const alt = translate('picamera-in.try.picture');
      const image = element('img', {
        class: 'sensorpost-picture',
        src: `data:${type};base64,${picture}`,
        alt,
      });
      return { sentence, more: [image] };
    },
  });
}
