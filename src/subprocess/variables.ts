/** Which variables of Node-RED's environment other programs get. */

/** Environment variables, as in `process.env`. */
type Variables = Readonly<Record<string, string | undefined>>;

/**
 * What a program may need to be found, to load its libraries and to find its files. Everything else stays with Node-RED:
 * its environment has `NODE_RED_CREDENTIAL_SECRET`, keys for `${…}` in flows, proxies with passwords.
 */
const PASSED_ON: ReadonlySet<string> = new Set([
  // POSIX, chapter 8: where programs, the user's files and temporary ones are, the language, the time zone.
  'PATH',
  'HOME',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  // ld.so(8): where libraries are; some installations of the image library have to load one first.
  'LD_LIBRARY_PATH',
  'LD_PRELOAD',
  // systemd's programs ask the system by this bus, where it is not at its usual place.
  'DBUS_SYSTEM_BUS_ADDRESS',
  // Node.js: where packages are that are not beside this one, as in Node-RED's container, and where coverage is written.
  'NODE_PATH',
  'NODE_V8_COVERAGE',
  // Windows starts no program without the first, and keeps temporary files in the others.
  'SystemRoot',
  'TEMP',
  'TMP',
]);

/** The language of each kind of text, and the settings of libcamera: its log, tuning files and pipelines. */
const PASSED_ON_BEGINNINGS = ['LC_', 'LIBCAMERA_'];

/** The variables that a program gets of `variables`, which are Node-RED's own. */
export function variablesForPrograms(variables: Variables): Record<string, string> {
  const passedOn: Record<string, string> = {};
  for (const [name, value] of Object.entries(variables)) {
    const isPassedOn =
      PASSED_ON.has(name) || PASSED_ON_BEGINNINGS.some((beginning) => name.startsWith(beginning));
    if (isPassedOn && value !== undefined) passedOn[name] = value;
  }
  return passedOn;
}
