/** The notes program as a later version of it might be. */
import type { Program } from '../../../src/storage';
import { MIGRATIONS, program as notes, type NoteOperations } from './notes';

export const program: Program<NoteOperations, string> = {
  ...notes,
  migrations: [...MIGRATIONS, "ALTER TABLE notes ADD COLUMN colour TEXT NOT NULL DEFAULT 'yellow'"],
};
