/** Takes secrets out of what comes back from the network. */
export { createRedactor, createRedactorCache, type Redactor } from './redactor';
