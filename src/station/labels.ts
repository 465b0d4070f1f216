/** What the user calls fields, from the lists in config nodes. */

/** A field as a config node lists it. */
export interface StationField {
  readonly name: string;
  /** What it is called for people; empty where its name will do. */
  readonly label: string;
  /** Empty where it has none. */
  readonly unit: string;
}

/** The lists of several registrations; where two list one field, the first is believed. */
export class FieldLabels {
  readonly #lists = new Set<readonly StationField[]>();

  /** @returns the removal of this list */
  register(fields: readonly StationField[]): () => void {
    const list = [...fields];
    this.#lists.add(list);
    return () => {
      this.#lists.delete(list);
    };
  }

  find(name: string): StationField | undefined {
    return this.listed.find((field) => field.name === name);
  }

  get listed(): readonly StationField[] {
    return [...this.#lists].flat();
  }
}
