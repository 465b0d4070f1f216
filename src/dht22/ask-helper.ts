import type { Environment } from './environment';
import type { Helper } from './helper';

/** A question takes 20 ms, under load on a small Pi perhaps a second; the first also waits for python3 to start. */
const LONGEST_ANSWER_MS = 15_000;

/** The helper's answer to a line; one that does not answer in time is killed. Rejects as `Helper.ask` does. */
export async function askHelper(
  environment: Pick<Environment, 'wait'>,
  helper: Helper,
  line: string,
): Promise<string> {
  const answered = new AbortController();
  const limit = killAfterLimit(environment, helper, answered.signal);
  try {
    return await helper.ask(line);
  } finally {
    answered.abort();
    await limit;
  }
}

async function killAfterLimit(
  environment: Pick<Environment, 'wait'>,
  helper: Helper,
  answered: AbortSignal,
): Promise<void> {
  await environment.wait(LONGEST_ANSWER_MS, answered);
  if (!answered.aborted) helper.kill('it did not answer in time');
}
