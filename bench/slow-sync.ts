import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** What `slow-sync.c` adds to each sync, in milliseconds: a slow SD card. */
export const SLOW_MS = 20;

/** What to say where it cannot be built. */
export const NO_COMPILER = 'there is no C compiler (cc)';

/** A library that makes each sync slower; undefined where there is no C compiler. */
export function buildSlowSync(place: string): string | undefined {
  const library = join(place, 'slow-sync.so');
  try {
    execFileSync('cc', ['-shared', '-fPIC', '-o', library, join(__dirname, 'slow-sync.c'), '-ldl'], {
      stdio: 'pipe',
    });
    return library;
  } catch {
    return undefined;
  }
}
