/** The store in SQLite (in the storage thread, see `program`), with pictures as files beside the database. */
export { openEmbeddedStore } from './store';
