import type { ImportedDevice, ImportView, LineProblemView } from '../../contract';
import { report, type Context } from './context';
import { button, element, setShown, type Button } from './dom';
import { upload } from './requests';

/** The import of a file of readings into a queue: the button that chooses the file, and what it would do. */
export interface ImportFile {
  readonly button: Button;
  readonly element: HTMLElement;
}

export function createImport(context: Context, destination: string): ImportFile {
  const { words, notices } = context;
  const chooser = element('input', {
    type: 'file',
    accept: '.jsonl,.ndjson,.json,.txt',
    'aria-label': words.say('import.file'),
  });
  const plan = element('div', { class: 'sensorpost-import' });
  const choose = button('upload', words.say('action.import'), () => chooser.click());
  setShown(chooser, false);
  setShown(plan, false);

  function close(): void {
    chooser.value = '';
    plan.replaceChildren();
    setShown(plan, false);
    choose.element.focus();
  }

  async function run(file: File): Promise<void> {
    const imported = await upload<ImportView>('/import', { destination }, file);
    report(context, imported, ({ readings }) => words.say('done.imported', { count: words.count(readings) }));
    if (imported.ok) close();
  }

  async function tryFile(file: File): Promise<void> {
    plan.replaceChildren(element('p', { role: 'status' }, words.say('import.reading')));
    setShown(plan, true);
    const tried = await upload<ImportView>('/import-try', { destination }, file);
    if (!tried.ok) {
      notices.failed(tried.problem);
      close();
      return;
    }
    const start = button('check', words.say('action.import'), () => run(file));
    const cancel = button('times', words.say('action.cancel'), close);
    const buttons = tried.answer.readings > 0 ? [start, cancel] : [cancel];
    plan.replaceChildren(
      ...describe(context, file.name, tried.answer),
      element('div', { class: 'sensorpost-buttons' }, ...buttons.map((each) => each.element)),
    );
    buttons[0]?.element.focus();
  }

  chooser.addEventListener('change', () => {
    const [file] = chooser.files ?? [];
    if (file) void tryFile(file);
  });
  return { button: choose, element: element('div', {}, chooser, plan) };
}

/** What an import would do. */
function describe({ words }: Context, name: string, view: ImportView): readonly HTMLElement[] {
  const { readings, pictures, duplicates, unreadable, devices, deviceCount, problems } = view;
  const line = (key: string, count: number) =>
    count > 0 ? [element('p', {}, words.say(key, { count: words.count(count) }))] : [];
  const hidden = deviceCount - devices.length;
  return [
    element('p', {}, element('b', {}, name)),
    element('p', { role: 'status' }, words.say('import.readings', { count: words.count(readings) })),
    ...listOf(devices.map((device) => deviceLine({ words }, device))),
    ...line('device.more', hidden),
    ...line('import.pictures', pictures),
    ...line('import.duplicates', duplicates),
    ...line('import.unreadable', unreadable),
    ...listOf(problems.map((problem) => problemLine({ words }, problem))),
  ];
}

function listOf(items: readonly HTMLElement[]): readonly HTMLElement[] {
  return items.length > 0 ? [element('ul', { class: 'sensorpost-devices' }, ...items)] : [];
}

function deviceLine(
  { words }: Pick<Context, 'words'>,
  { name, count, from, to }: ImportedDevice,
): HTMLElement {
  const span = words.say('import.span', {
    count: words.count(count),
    from: words.moment(from),
    to: words.moment(to),
  });
  return element(
    'li',
    {},
    element('span', { class: 'sensorpost-device' }, element('bdi', {}, name), ` ${span}`),
  );
}

function problemLine(
  { words }: Pick<Context, 'words'>,
  { line, problem, message }: LineProblemView,
): HTMLElement {
  // What the service's rules, or the disk, say is in the words of whoever says it.
  const isTold = problem === 'refused' || problem === 'incomplete';
  const reason = isTold ? message : words.say(`import.problem.${problem}`);
  return element(
    'li',
    {},
    element('span', {}, `${words.say('import.line', { line: String(line) })} ${reason}`),
  );
}
