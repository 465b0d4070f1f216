/** Small pictures, made one at a time and kept as files. */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MAX_THUMBNAILS, MAX_WAITING_THUMBNAILS } from '../limits';

/** What makes thumbnails. */
export interface Shrinker {
  /** From the picture in one file makes a JPEG that fits into 320 × 240 pixels in another; rejects where it cannot. */
  readonly shrink: (picture: string, thumbnail: string) => Promise<void>;
  /** Lets go of what it needs for that. */
  readonly close: () => void;
}

const ENDING = '.jpg';

export class Thumbnails {
  readonly #folder: string;
  readonly #shrinker: Shrinker | undefined;
  /** Ids in the order in which they were last asked for. */
  readonly #kept = new Set<string>();
  /** Of these there can be none, or not for now. */
  readonly #failed = new Set<string>();
  readonly #making = new Map<string, Promise<string | undefined>>();
  #last: Promise<unknown>;

  /** @param shrinker undefined where there is nothing that could make them */
  constructor(folder: string, shrinker: Shrinker | undefined) {
    this.#folder = folder;
    this.#shrinker = shrinker;
    this.#last = this.#findKept();
  }

  /**
   * The file of a thumbnail, made where there is none yet.
   * @param id of a picture that is kept
   * @param picture the picture's file
   * @returns undefined where the full picture has to do
   */
  async find(id: string, picture: string): Promise<string | undefined> {
    const shrinker = this.#shrinker;
    if (!shrinker || this.#failed.has(id)) return undefined;
    await this.#last.catch(ignore);
    if (this.#kept.delete(id)) {
      this.#kept.add(id);
      return this.#fileOf(id);
    }
    const begun = this.#making.get(id);
    if (begun) return begun;
    if (this.#making.size >= MAX_WAITING_THUMBNAILS) return undefined;
    const making = this.#last
      .then(() => this.#make(id, picture, shrinker))
      .finally(() => this.#making.delete(id));
    this.#making.set(id, making);
    this.#last = making;
    return making;
  }

  close(): void {
    this.#shrinker?.close();
  }

  /** Deletes the thumbnails of pictures that are kept no more. */
  async remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) if (this.#kept.delete(id)) await this.#erase(this.#fileOf(id));
  }

  async #make(id: string, picture: string, { shrink }: Shrinker): Promise<string | undefined> {
    const unfinished = join(this.#folder, `${id}.tmp`);
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await shrink(picture, unfinished);
      await rename(unfinished, this.#fileOf(id));
    } catch {
      await this.#erase(unfinished);
      if (this.#failed.size >= MAX_THUMBNAILS) this.#failed.clear();
      this.#failed.add(id);
      return undefined;
    }
    this.#kept.add(id);
    for (const oldest of this.#kept) {
      if (this.#kept.size <= MAX_THUMBNAILS) break;
      await this.remove([oldest]);
    }
    return this.#fileOf(id);
  }

  async #findKept(): Promise<void> {
    const files = await readdir(this.#folder).catch(() => []);
    for (const file of files) {
      if (file.endsWith(ENDING)) this.#kept.add(file.slice(0, -ENDING.length));
      else await this.#erase(join(this.#folder, file));
    }
  }

  #fileOf(id: string): string {
    return join(this.#folder, id + ENDING);
  }

  async #erase(file: string): Promise<void> {
    await rm(file, { force: true }).catch(ignore);
  }
}

function ignore(): void {}
