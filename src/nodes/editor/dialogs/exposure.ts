import { STATION_EXPOSURE, type ExposureAnswer } from '../../contract';
import { element } from '../elements';
import type { Translate } from '../red';
import { ask } from './ask';

const KEY = 'sensorpost-exposed-noted';

/** Says once in this browser that others in the network see the station's page, where nobody has said that they may. */
export function noteExposure(translate: Translate): void {
  const look = () => void noteIfExposed(translate);
  RED.events.on('flows:loaded', look);
  RED.events.on('deploy', look);
}

let isShown = false;

async function noteIfExposed(translate: Translate): Promise<void> {
  if (isShown || isNoted()) return;
  const answer = await ask<ExposureAnswer>(translate, STATION_EXPOSURE).answer;
  if (!answer.ok || !answer.isExposed || isShown) return;
  isShown = true;
  const message = RED.notify(element('p', {}, translate('station-config.exposed')), {
    type: 'warning',
    fixed: true,
    buttons: [
      {
        text: translate('station-config.understood'),
        click: () => {
          remember();
          message.close();
        },
      },
    ],
  });
}

function isNoted(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}

function remember(): void {
  try {
    localStorage.setItem(KEY, 'yes');
  } catch {
    // It is said again the next time.
  }
}
