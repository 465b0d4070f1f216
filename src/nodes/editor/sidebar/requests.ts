import type { ProblemKind, ProblemView } from '../../contract';

/** The endpoints' address, below the editor's. */
const ROOT = 'sensorpost/outbox';

/** An answer does not take longer, nor a browser's first look at a file; an export may. */
const LONGEST_WAIT_MS = 30_000;

/** Why a request did not work. `denied`: this user may not; `offline`: no answer; `failed`: one without a reason. */
export interface Problem {
  readonly kind: ProblemKind | 'denied' | 'offline' | 'failed';
  /** The reason in words, where there is one. */
  readonly message: string;
}

/** What a request came to. */
export type Answered<Answer> =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly problem: Problem };

type Values = Readonly<Record<string, string | number>>;

/** Asks an endpoint. */
export function look<Answer>(path: string, values: Values = {}): Promise<Answered<Answer>> {
  return settle(
    $.ajax<Answer>({
      url: ROOT + path,
      method: 'GET',
      cache: false,
      dataType: 'json',
      data: values,
      timeout: LONGEST_WAIT_MS,
    }),
  );
}

/** Has an endpoint change something. */
export function change<Answer>(path: string, body: object): Promise<Answered<Answer>> {
  return settle(
    $.ajax<Answer>({
      url: ROOT + path,
      method: 'POST',
      cache: false,
      dataType: 'json',
      contentType: 'application/json',
      data: JSON.stringify(body),
      timeout: LONGEST_WAIT_MS,
    }),
  );
}

/**
 * Saves what an endpoint sends as a file. It is fetched, because a link could not carry the token of a user who has
 * logged in; the browser keeps what is large of it on its disk.
 */
export async function save(path: string, values: Values, name: string): Promise<Answered<void>> {
  const fetched = await settle(
    $.ajax<Blob>({
      url: ROOT + path,
      method: 'GET',
      cache: false,
      dataType: 'binary',
      data: values,
      xhrFields: { responseType: 'blob' },
    }),
  );
  if (!fetched.ok) return fetched;
  const url = URL.createObjectURL(fetched.answer);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), LONGEST_WAIT_MS);
  return { ok: true, answer: undefined };
}

async function settle<Answer>(request: PromiseLike<Answer>): Promise<Answered<Answer>> {
  try {
    return { ok: true, answer: await request };
  } catch (error) {
    return { ok: false, problem: problemOf(error) };
  }
}

/** @param failed what jQuery rejects with: its request, with the answer where there was one */
function problemOf(failed: unknown): Problem {
  const answer = propertyOf(failed, 'responseJSON');
  if (isProblem(answer)) return answer;
  const status = propertyOf(failed, 'status');
  if (status === 401 || status === 403) return { kind: 'denied', message: '' };
  // The reason why a file cannot be had arrives as a file.
  return { kind: status === 0 ? 'offline' : 'failed', message: '' };
}

function propertyOf(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined;
}

function isProblem(value: unknown): value is ProblemView {
  return typeof value === 'object' && value !== null && 'kind' in value && 'message' in value;
}
