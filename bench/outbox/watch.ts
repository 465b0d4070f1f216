/** What a process watches of itself while it is measured. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

/** Longest delays of the event loop, in milliseconds. */
export interface Delays {
  /** As the clock shows it, other programs' share included. */
  readonly raw: number;
  /** Without the time that this thread was ready to run and another program had the processor. */
  readonly own: number;
}

/** Watches how late a timer comes that is due each millisecond. */
export function watchDelay(): { stop(): Delays } {
  const file = openSync('/proc/thread-self/schedstat', 'r');
  const buffer = Buffer.alloc(100);
  // "time on the processor, time waiting for one, time slices", in nanoseconds
  const waited = () =>
    Number(buffer.toString('latin1', 0, readSync(file, buffer, 0, 100, 0)).split(' ')[1]) / 1e6;
  let [raw, own] = [0, 0];
  let [last, lastWaited] = [performance.now(), waited()];
  const timer = setInterval(() => {
    const [now, nowWaited] = [performance.now(), waited()];
    const late = now - last - 1;
    raw = Math.max(raw, late);
    own = Math.max(own, late - (nowWaited - lastWaited));
    [last, lastWaited] = [now, nowWaited];
  }, 1);
  const stop = () => {
    clearInterval(timer);
    closeSync(file);
    return { raw, own };
  };
  return { stop };
}

/** Watches by how many megabytes this process has grown at most. */
export function watchMemory(): { added(): number; stop(): number } {
  global.gc?.();
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 10);
  const added = () => (most - before) / 2 ** 20;
  const stop = () => {
    clearInterval(timer);
    return added();
  };
  return { added, stop };
}

/** Bytes that this process has had written to a disk so far. */
export function bytesWritten(): number {
  return Number(/^write_bytes: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
}
