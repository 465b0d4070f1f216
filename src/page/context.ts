/** What every part of the page works with. */
import type { Formats } from './formats';
import type { StationModel } from './station-model';
import type { Texts } from './texts';
import type { ThemeSwitch } from './theme';
import type { Happening } from './happening';

export interface Context {
  readonly texts: Texts;
  readonly formats: Formats;
  readonly station: StationModel;
  readonly theme: ThemeSwitch;
  /** Every few seconds: ages are told anew. */
  readonly tick: Happening<void>;
  /** The view is left: its listeners, timers and requests end. */
  readonly signal: AbortSignal;
}

/** One of the two things to look at. */
export interface View {
  readonly title: string;
  readonly element: HTMLElement;
}
