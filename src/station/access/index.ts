/**
 * Who may look at the station: everyone, whoever gives a password, or nobody. It has nothing to do with the keys of those
 * who post. Passwords are kept as scrypt hashes; wrong ones are slowed by address, and so are wrong keys.
 */
export { createAttempts, type Attempts } from './attempts';
export { MAX_SIGN_IN_BYTES, MIN_PASSWORD_LENGTH, WRONG_KEYS } from './limits';
export { hashPassword, isPasswordHash } from './password';
export { createSignInPages, type SignInPages, type SignInState } from './sign-in-pages';
export { createViewAccess, type AccessPolicy, type ViewAccess, type ViewDecision } from './view-access';
