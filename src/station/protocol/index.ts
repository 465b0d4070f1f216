/** What every endpoint shares: refusals with their status codes, answers and how they are sent, and valid names. */
export {
  createAnswerSender,
  jsonAnswer,
  methodAnswer,
  refusalAnswer,
  type Answer,
  type WholeAnswer,
} from './answer';
export type { CodedBodies } from './coding';
export { PIECE_BYTES } from './limits';
export { checkName } from './names';
export { redirectToSlash } from './redirect';
export { refuse, statusCodeOf, type Refusal } from './refusal';
