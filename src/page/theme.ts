/** Light or dark: that of the system, until a person chooses the other one, which this browser remembers. */
import { Emitter } from './emitter';

export type Theme = 'light' | 'dark';

const KEY = 'sensorpost-theme';

export class ThemeSwitch {
  /** The colours have changed. */
  readonly changed = new Emitter<void>();
  readonly #system = matchMedia('(prefers-color-scheme: dark)');
  #chosen: Theme | undefined = readChoice();

  constructor() {
    this.#system.addEventListener('change', () => this.#apply());
    this.#apply();
  }

  get theme(): Theme {
    return this.#chosen ?? this.#systemTheme;
  }

  /** Switches to the other theme; where that is the system's, the choice is forgotten and the theme follows the system. */
  toggle(): void {
    const wanted = this.theme === 'dark' ? 'light' : 'dark';
    this.#chosen = wanted === this.#systemTheme ? undefined : wanted;
    writeChoice(this.#chosen);
    this.#apply();
  }

  get #systemTheme(): Theme {
    return this.#system.matches ? 'dark' : 'light';
  }

  #apply(): void {
    document.documentElement.dataset['theme'] = this.theme;
    this.changed.emit();
  }
}

/** The remembered choice; where a browser forbids storage, a choice lasts as long as the page. */
function readChoice(): Theme | undefined {
  try {
    const choice = localStorage.getItem(KEY);
    return choice === 'light' || choice === 'dark' ? choice : undefined;
  } catch {
    return undefined;
  }
}

function writeChoice(choice: Theme | undefined): void {
  try {
    if (choice) localStorage.setItem(KEY, choice);
    else localStorage.removeItem(KEY);
  } catch {
    // See readChoice.
  }
}
