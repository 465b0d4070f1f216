import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync } from 'node:fs';

/** A copy of a folder beside it, for a measurement that changes it; it is to be deleted afterwards. */
export function copyOf(folder: string): string {
  const copy = mkdtempSync(`${folder}-copy-`);
  cpSync(folder, copy, { recursive: true });
  // Otherwise the disk would still be busy with it while it is measured.
  execFileSync('sync');
  return copy;
}
