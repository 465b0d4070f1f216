/** What databoom-in is made of: what a message asks for, the way to the account of a config node, and what is sent on. */
export { keepLogin, findLogin, type DataboomLogin } from './logins';
export { openReader, type OpenReader } from './open-reader';
export { evaluateInputs } from './inputs';
export { readQuestion, type Inputs, type Question, type ReadSettings } from './question';
export { messagesOf, type Answered } from './messages';
export { failureStatus, readStatus } from './status';
