/** Processes that run from TypeScript. */
import { resolve } from 'node:path';

/** The options of a Node.js that runs a program in TypeScript. */
export const TYPESCRIPT_OPTIONS = ['--require', resolve(__dirname, '../../scripts/lib/typescript.cjs')];
