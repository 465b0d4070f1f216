/** What every endpoint shares: refusals with their status codes, answers and how they are sent, and valid names. */
export { jsonAnswer, methodAnswer, refusalAnswer, sendAnswer, type Answer, type WholeAnswer } from './answer';
export type { CodedBodies } from './coding';
export { checkName } from './names';
export { refuse, statusCodeOf, type Refusal } from './refusal';
