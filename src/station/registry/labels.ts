/** What the user calls fields, from the lists in config nodes. */

/** A field as a config node lists it. */
export interface StationField {
  readonly name: string;
  /** What it is called for people; empty where its name will do. */
  readonly label: string;
  /** Empty where it has none. */
  readonly unit: string;
}

/** The lists of several registrations; where two of them list the same field, the earlier registration wins. */
export interface FieldLabels {
  /** @returns a function that removes this list */
  register(fields: readonly StationField[]): () => void;
  find(name: string): StationField | undefined;
  readonly listed: readonly StationField[];
}

export function createFieldLabels(): FieldLabels {
  const lists = new Set<readonly StationField[]>();
  const listed = () => [...lists].flat();

  function register(fields: readonly StationField[]): () => void {
    const list = [...fields];
    lists.add(list);
    return () => {
      lists.delete(list);
    };
  }

  return {
    register,
    find: (name) => listed().find((field) => field.name === name),
    get listed() {
      return listed();
    },
  };
}
