import type { NodeModule } from './support';

type Callback = (error: null, value: unknown) => void;

/** The answers of a context store, each to be given when a test says so. */
export interface SlowContext {
  /** Takes the place of all that typed inputs lead to, but for expressions. */
  readonly module: NodeModule;
  /** What was asked for, in that order: gives the answer. */
  readonly answers: ((value: unknown) => void)[];
  /** Puts back what was there before. */
  restore(): void;
}

export function createSlowContext(): SlowContext {
  const answers: SlowContext['answers'] = [];
  const slow = (...[, , , , callback]: readonly [string, string, object, object, Callback]) => {
    answers.push((value) => callback(null, value));
  };
  let restore: (() => void) | undefined;
  return {
    module({ util }) {
      const earlier: unknown = Reflect.get(util, 'evaluateNodeProperty');
      Object.assign(util, { evaluateNodeProperty: slow });
      restore = () => void Object.assign(util, { evaluateNodeProperty: earlier });
    },
    answers,
    restore: () => restore?.(),
  };
}
