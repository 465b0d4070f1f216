/** How options become arguments of a program, and what is said where a program does not know one. */
import type { CameraOptions, OptionName, OptionValues } from '../../camera-options';
import { describe, failed, success, type Failure, type Result } from '../../result';
import type { SystemProgram } from '../settings';

/** Arguments, flat or in groups. */
export type Arguments = readonly (string | number | readonly (string | number)[])[];

/**
 * For each option that a program knows, its arguments for a value; `undefined` for a value that it does not know.
 * `furtherArguments` are not translated.
 */
export type Translations = {
  readonly [Name in Exclude<OptionName, 'furtherArguments'>]?: (
    value: OptionValues[Name],
  ) => Arguments | undefined;
};

/** What may be done where a program does not know an option. */
export type Advice = Readonly<Partial<Record<OptionName, string>>>;

/** The arguments for all options that are set, or the first one that the program cannot be asked for. */
export function translate(
  program: SystemProgram,
  translations: Translations,
  options: CameraOptions,
  advice: Advice,
): Result<Arguments, Failure<'invalid-settings'>> {
  const all: (string | number | readonly (string | number)[])[] = [];
  for (const name of namesIn(translations, options)) {
    const translated = translateOne(translations, name, options[name]);
    if (translated === undefined) return unknownOption(program, name, options[name], advice[name]);
    all.push(...translated);
  }
  return success(all);
}

/** In the order of the translations, and behind them those that have none. */
function namesIn(translations: Translations, options: CameraOptions): readonly TranslatedName[] {
  const isSet = (name: string) => Reflect.get(options, name) !== undefined;
  const known = Object.keys(translations).filter(isTranslated).filter(isSet);
  const unknown = Object.keys(options)
    .filter(isTranslated)
    .filter((name) => isSet(name) && translations[name] === undefined);
  return [...known, ...unknown];
}

type TranslatedName = keyof Translations;

function isTranslated(name: string): name is TranslatedName {
  return name !== 'furtherArguments';
}

function translateOne<Name extends TranslatedName>(
  translations: Translations,
  name: Name,
  value: OptionValues[Name] | undefined,
): Arguments | undefined {
  return value === undefined ? [] : translations[name]?.(value);
}

function unknownOption(
  program: SystemProgram,
  name: OptionName,
  value: unknown,
  advice = 'leave it out, or choose another program',
) {
  const what = typeof value === 'object' ? name : `${name} ${describe(value)}`;
  return failed({
    kind: 'invalid-settings',
    message: `${program} knows no ${what}: ${advice}.`,
  } as const);
}
