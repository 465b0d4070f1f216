/** Light or dark: as the system is, until a person chooses the other one; remembered in this browser. */
import { Happening } from './happening';

export type Theme = 'light' | 'dark';

const KEY = 'sensorpost-theme';

export class ThemeSwitch {
  /** The colours are others now. */
  readonly changed = new Happening<void>();
  readonly #system = matchMedia('(prefers-color-scheme: dark)');
  #chosen: Theme | undefined = readChoice();

  constructor() {
    this.#system.addEventListener('change', () => this.#apply());
    this.#apply();
  }

  get theme(): Theme {
    return this.#chosen ?? this.#systemTheme;
  }

  /** Changes to the other one; what the system has anyway needs no remembering, and follows the system again. */
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
    this.changed.tell();
  }
}

/** A browser may forbid storage: then the choice lasts as long as the page. */
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
