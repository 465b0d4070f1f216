import { fileName, report, type Context } from './context';
import { button, type Button } from './dom';
import { save } from './requests';

/** A button that saves all readings of a queue as a file. */
export function createExport(context: Context, destination: string): Button {
  const { words } = context;
  return button('download', words.say('action.export'), async () => {
    const saved = await save('/export-all', { destination }, fileName('readings'));
    report(context, saved, () => words.say('done.exported'));
  });
}
