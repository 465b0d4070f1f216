import type { Certainty } from '../clock';
import type { Outbox, WaitingItem } from '../outbox';
import { createThrottle, type Clock } from './clock';
import type { Codec } from './codec';
import type { Transport } from './transport';

/** Shows at the destination what waits until this machine knows the time, before it is delivered. */
export interface Preview {
  /** What waits may have changed: shows it soon. Where nothing waits for the time any more, shows nothing at once. */
  update(): void;
  /** Whether anything is shown. */
  isShown(): boolean;
  /** Whether the destination shows what waits, or may when it is asked; false once it has said that it does not. */
  mayBeShown(): boolean;
  /** Shows nothing from now on. */
  end(): Promise<void>;
}

export interface PreviewOptions<Item extends object> {
  readonly outbox: Pick<Outbox, 'newest'>;
  readonly destination: string;
  readonly transport: Pick<Transport<Item>, 'preview'>;
  readonly codec: Codec<Item>;
  readonly clock: Clock;
  readonly closing: AbortSignal;
  /** Of what is kept back, how well its time is known. */
  readonly heldTimes: () => readonly Certainty[];
  /** Called when something is shown that was not before, or nothing any more. */
  readonly onChange: () => void;
}

/** The newest that waits: some hours of a sensor's readings. So many take 20 ms to read on a PC, in the storage thread. */
const MOST_SHOWN = { count: 1000, characters: 2 ** 20 };

const BETWEEN_LOOKS_MS = 5000;

/** Nothing else is worth showing: of what is undated no time is known at all. */
const SHOWN_TIMES: readonly Certainty[] = ['awaited'];

export function createPreview<Item extends object>(options: PreviewOptions<Item>): Preview {
  const { outbox, destination, codec, clock, closing, heldTimes, onChange } = options;
  const { preview } = options.transport;
  if (!preview) return NO_PREVIEW;
  const show = preview;
  /** Counts what was to be shown: an answer to an earlier one no longer counts. */
  let requests = 0;
  let isClear = true;
  let isShown = false;
  let mayBeShown = true;

  const isWaiting = () => !closing.aborted && heldTimes().some((time) => SHOWN_TIMES.includes(time));

  async function showInstead(items: readonly Item[]): Promise<void> {
    if (isClear && items.length === 0) return;
    requests += 1;
    isClear = items.length === 0;
    const request = requests;
    const isShownNow = await show(items);
    if (request !== requests) return;
    // That nothing is shown because nothing waits any more says nothing of what waits next.
    if (items.length > 0) mayBeShown = isShownNow;
    if (isShownNow === isShown) return;
    isShown = isShownNow;
    onChange();
  }

  async function look(): Promise<void> {
    if (!isWaiting()) return;
    const found = await outbox.newest(destination, { ...MOST_SHOWN, times: SHOWN_TIMES });
    // It may be let go meanwhile. What cannot be read is shown as it was until the next look.
    if (found.ok && isWaiting()) await showInstead(found.value.flatMap((item) => restored(codec, item)));
  }

  const looks = createThrottle(clock, BETWEEN_LOOKS_MS, closing, look);

  function update(): void {
    if (isWaiting()) looks.request();
    else void showInstead([]);
  }

  return {
    update,
    isShown: () => isShown,
    mayBeShown: () => mayBeShown,
    end: async () => {
      update();
      await looks.finished();
    },
  };
}

const NO_PREVIEW: Preview = {
  update: () => {},
  isShown: () => false,
  mayBeShown: () => false,
  end: async () => {},
};

/** An item without its images, which are not read for this; none where it cannot be sent anyway. */
function restored<Item extends object>(
  codec: Codec<Item>,
  { group, timestamp, body }: WaitingItem,
): readonly Item[] {
  const item = codec.restore({ group, timestamp, body, images: [] });
  return item.ok ? [item.value] : [];
}
