/**
 * Fields: which value of a message belongs to which name, and what a number is.
 *
 * Senio calls a name a field and Databoom a signal; both take an object of names to values, or a single value whose
 * name the node or the topic gives. `readFields` reads either, `readObject` an object alone, and `createReadingRules`
 * says how: what is no value, what cannot be sent, and which values are nested.
 */
export { adviseOnBytes, BUFFER_IN_JSON, isBufferInJson } from './bytes';
export { adviseOnNumber, parseDecimal, parseHeldDecimal } from './decimal';
export { checkName, type FieldsFailure, type Term } from './names';
export { DEFAULT_OPTIONS, readOptions, type LeftOut, type PayloadOptions } from './options';
export {
  createReadingRules,
  readFields,
  readObject,
  type ReadFields,
  type ReadingRules,
  type Service,
} from './payload';
export { isPlainObject } from './plain-object';
export { describeThrown } from './thrown';
export { createUnsendable, type Parsed, type Unsendable } from './unsendable';
