/** What every part of the page uses. */
import type { Formats } from './formats';
import type { GapSettings } from './gap-settings';
import type { StationModel } from './station-model';
import type { Texts } from './texts';
import type { ThemeSwitch } from './theme';
import type { Emitter } from './emitter';

export interface Context {
  readonly texts: Texts;
  readonly formats: Formats;
  readonly station: StationModel;
  readonly theme: ThemeSwitch;
  readonly gaps: GapSettings;
  /** Occurs every few seconds, so that ages are updated. */
  readonly tick: Emitter<void>;
  /** Aborts when the view is left, which ends its listeners, timers and requests. */
  readonly signal: AbortSignal;
}

/** One of the two views of the page: the overview, or one source. */
export interface View {
  readonly title: string;
  readonly element: HTMLElement;
}
