/**
 * Runs inside of the page to sign in, before it is drawn: in the colours of the station's page, and back to the view that
 * was asked for, which an address keeps behind its `#` where no server sees it.
 */
import { ThemeSwitch } from './theme';

// It follows the system, too, for as long as the page is open.
export const theme = new ThemeSwitch();

document.addEventListener('DOMContentLoaded', () => {
  for (const form of document.forms) form.action = `login${location.hash}`;
});
