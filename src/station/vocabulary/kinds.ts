/** A Senio sensor or a Databoom device; both may have the same name. */
export type SourceKind = 'sensor' | 'device';

export type FieldKind = 'number' | 'text' | 'boolean' | 'image';

/** A field's value other than a picture. Senio has numbers only; Databoom also has booleans and texts. */
export type Scalar = number | boolean | string;
