/** The command line of each program, made of settings and options. */
export { argumentsFor } from './command-line';
export { timeOfFurtherArguments } from './further-arguments';
