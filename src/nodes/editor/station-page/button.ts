import { byId, element, icon } from '../elements';
import type { Translate } from '../red';
import { findStation } from './address';

/** A button that opens the station's page, hidden while there is none. */
export interface StationButton {
  readonly element: HTMLElement;
  /** Asks whether there is a page, and where. */
  update(): Promise<void>;
}

/** @param look classes of the editor's buttons */
export function createStationButton(translate: Translate, look = 'red-ui-button'): StationButton {
  const button = element(
    'a',
    { class: `${look} sensorpost-station-button`, target: '_blank', rel: 'noopener' },
    icon('line-chart'),
    ` ${translate('common.station.open')}`,
  );
  const place = element('div', {}, button);
  place.hidden = true;

  async function update(): Promise<void> {
    const station = await findStation();
    place.hidden = !station?.isServed;
    if (station) button.href = station.address;
  }

  return { element: place, update };
}

/** Sets the button up in an open dialog. */
export function prepareStationButton(translate: Translate): void {
  const button = createStationButton(translate);
  byId('sensorpost-station').replaceChildren(button.element);
  void button.update();
}
