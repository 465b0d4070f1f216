/**
 * What other processes get of this one. Every program that is started gets the variables of `variablesForPrograms` and no
 * others; `test/subprocess` finds each place where one is started. `startModule` runs a module of this package, and
 * `limitOwnMemory` bounds what such a module may take.
 */
export { variablesForPrograms } from './variables';
export { MODULE_EXTENSION, startModule } from './module-process';
export { limitOwnMemory } from './memory-limit';
