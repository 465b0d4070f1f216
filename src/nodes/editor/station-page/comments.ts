import { element } from '../elements';
import type { Translate } from '../red';
import { findStation } from './address';

/** What the comments of flows link to for the station's page, whose address differs from one Node-RED to the other. */
const LINK = 'a[href="#sensorpost-station"]';

/** Makes such links, which the editor shows in its sidebar and in dialogs, open the station's page. */
export function openStationFromComments(translate: Translate): void {
  document.addEventListener('click', (event) => {
    const isLink = event.target instanceof Element && event.target.closest(LINK) !== null;
    if (!isLink) return;
    event.preventDefault();
    void open(translate);
  });
}

async function open(translate: Translate): Promise<void> {
  const station = await findStation();
  if (station?.isServed) window.open(station.address, '_blank', 'noopener');
  else RED.notify(element('p', {}, translate('common.station.none')), { type: 'warning' });
}
