/** Who looks at the page, and whether everybody may: a way to sign out, and a note that is shown once. */
import { signOut } from './api';
import { button, element, icon } from './dom';
import type { StationModel } from './station-model';
import type { Texts } from './texts';

/** A button to sign out, for a browser that gave the station's password. */
export function renderSignOut(texts: Texts, station: StationModel): HTMLElement {
  const out = button(icon('leave'), { class: 'icon-button', hidden: true }, () => void signOut());
  out.setAttribute('aria-label', texts.page.signOut);
  out.title = texts.page.signOut;
  const show = () => {
    out.hidden = !station.isSignedIn;
  };
  show();
  station.loaded.listen(show);
  return out;
}

const KEY = 'sensorpost-exposed-noted';

/** Says that others in the network see the page too, until somebody has read that in this browser. */
export function renderExposure(texts: Texts, station: StationModel): HTMLElement {
  const understood = button(texts.page.understood, { class: 'button' }, () => {
    remember();
    note.hidden = true;
  });
  const note = element(
    'aside',
    { class: 'exposure', hidden: true },
    element('p', {}, texts.page.exposed),
    understood,
  );
  const show = () => {
    note.hidden = !station.isExposed || isNoted();
  };
  show();
  station.loaded.listen(show);
  return note;
}

// Where a browser forbids storage, what was read is remembered for as long as the page is open.
let isNotedHere = false;

function isNoted(): boolean {
  try {
    return isNotedHere || localStorage.getItem(KEY) !== null;
  } catch {
    return isNotedHere;
  }
}

function remember(): void {
  isNotedHere = true;
  try {
    localStorage.setItem(KEY, 'yes');
  } catch {
    // See isNotedHere.
  }
}
