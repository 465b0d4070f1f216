/** What the station keeps, in memory: the newest values and pictures of every sensor and device. */
import { ImageShelf, imageId, type Image } from './image-shelf';
import {
  IMAGES_PER_FIELD,
  MAX_FIELDS,
  MAX_FIELDS_PER_SOURCE,
  MAX_SOURCES,
  TEXTS_PER_FIELD,
  VALUES_PER_FIELD,
} from './limits';
import { Series, type Point } from './series';

/** A Senio sensor or a Databoom device; both may have the same name. */
export interface SourceId {
  readonly kind: 'sensor' | 'device';
  readonly name: string;
}

/** A field's value other than a picture. Senio has numbers only; Databoom also has booleans and texts. */
export type Scalar = number | boolean | string;
export type FieldType = 'scalar' | 'image';

/** A field for those who look at it: numbers are oldest first, pictures newest first and only those still kept. */
export interface FieldView {
  readonly name: string;
  readonly latest: Point<Scalar> | undefined;
  /** Makes the points when asked, because all of all fields at once would be many. */
  readonly numbers: () => Point<number | boolean>[];
  readonly images: readonly Point<string>[];
}

export interface SourceView {
  readonly id: SourceId;
  readonly fields: readonly FieldView[];
}

export class Store {
  // The source that was silent longest is the first.
  readonly #sources = new Map<string, Source>();
  readonly #images = new ImageShelf();

  /** The fields of a source with their types, in the order in which they were learnt. */
  fieldTypes(id: SourceId): ReadonlyMap<string, FieldType> {
    const fields = this.#sources.get(keyOf(id))?.fields ?? new Map<string, Field>();
    return new Map([...fields].map(([name, field]) => [name, field.type]));
  }

  /**
   * Keeps a scalar.
   * @returns what is kept at this timestamp: `value`, or what had come earlier
   */
  recordScalar(id: SourceId, field: string, point: Point<Scalar>): Scalar {
    return this.#field(id, field).recordScalar(point);
  }

  /**
   * Keeps a picture.
   * @returns the id of what is kept at this timestamp: this picture, or one that had come earlier
   */
  recordImage(id: SourceId, field: string, { timestamp, value: image }: Point<Image>): string {
    const sha1 = imageId(image.bytes);
    const kept = this.#field(id, field).recordImage({ timestamp, value: sha1 });
    if (kept === sha1) this.#images.put(sha1, image);
    return kept;
  }

  image(sha1: string): Image | undefined {
    return this.#images.get(sha1);
  }

  view(): SourceView[] {
    return [...this.#sources.values()].map(({ id, fields }) => ({
      id,
      fields: [...fields].map(([name, field]) => ({
        name,
        latest: field.latest,
        numbers: () => field.numbers.points(),
        images: field.images
          .points()
          .filter(({ value }) => this.#images.get(value))
          .toReversed(),
      })),
    }));
  }

  #field(id: SourceId, name: string): Field {
    const key = keyOf(id);
    const source = this.#sources.get(key) ?? new Source(id);
    this.#sources.delete(key);
    this.#sources.set(key, source);
    const field = source.field(name);
    for (const silentKey of this.#sources.keys()) {
      if (silentKey === key || (this.#sources.size <= MAX_SOURCES && this.#fieldCount <= MAX_FIELDS)) break;
      this.#sources.delete(silentKey);
    }
    return field;
  }

  get #fieldCount(): number {
    let count = 0;
    for (const { fields } of this.#sources.values()) count += fields.size;
    return count;
  }
}

function keyOf({ kind, name }: SourceId): string {
  return `${kind}/${name}`;
}

class Source {
  readonly fields = new Map<string, Field>();
  readonly id: SourceId;
  #heard = 0;

  constructor(id: SourceId) {
    this.id = id;
  }

  field(name: string): Field {
    let field = this.fields.get(name);
    if (!field) {
      this.#makeRoom();
      field = new Field();
      this.fields.set(name, field);
    }
    field.lastHeard = ++this.#heard;
    return field;
  }

  #makeRoom(): void {
    if (this.fields.size < MAX_FIELDS_PER_SOURCE) return;
    const [silent] = [...this.fields].toSorted(([, one], [, other]) => one.lastHeard - other.lastHeard);
    if (silent) this.fields.delete(silent[0]);
  }
}

class Field {
  readonly numbers = new Series<number | boolean>(VALUES_PER_FIELD);
  readonly texts = new Series<string>(TEXTS_PER_FIELD);
  readonly images = new Series<string>(IMAGES_PER_FIELD);
  lastHeard = 0;

  get type(): FieldType {
    return this.images.isEmpty ? 'scalar' : 'image';
  }

  get latest(): Point<Scalar> | undefined {
    const number = this.numbers.latest;
    const text = this.texts.latest;
    if (!number || !text) return number ?? text;
    return number.timestamp > text.timestamp ? number : text;
  }

  recordScalar({ timestamp, value }: Point<Scalar>): Scalar {
    const kept = this.numbers.valueAt(timestamp) ?? this.texts.valueAt(timestamp);
    if (kept !== undefined) return kept;
    if (typeof value === 'string') this.texts.insert(timestamp, value);
    else this.numbers.insert(timestamp, value);
    return value;
  }

  recordImage({ timestamp, value }: Point<string>): string {
    const kept = this.images.valueAt(timestamp);
    if (kept !== undefined) return kept;
    this.images.insert(timestamp, value);
    return value;
  }
}
