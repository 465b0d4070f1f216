import { fileName, report, type Context } from './context';
import { button, type Button } from './dom';
import { save } from './requests';

/** A button that saves readings of a queue as a file. */
export function createExport(
  context: Context,
  path: '/export-all' | '/export-refused',
  destination: string,
  what: 'refused' | 'readings',
): Button {
  const { words } = context;
  return button('download', words.say('action.export'), async () => {
    const saved = await save(path, { destination }, fileName(what));
    report(context, saved, () => words.say('done.exported'));
  });
}
