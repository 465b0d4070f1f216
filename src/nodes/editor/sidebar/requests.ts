import type { ProblemKind, ProblemView } from '../../contract';

/** The path of the endpoints, relative to the editor's address. */
const ROOT = 'sensorpost/outbox';

/** How long an answer may take, and how long a saved file stays available to the browser. An export has no limit. */
const LONGEST_WAIT_MS = 30_000;

/** Why a request failed. `denied`: the user lacks the permission; `offline`: no answer; `failed`: no reason was given. */
export interface Problem {
  readonly kind: ProblemKind | 'denied' | 'offline' | 'failed';
  /** The reason in words, where there is one. */
  readonly message: string;
}

/** The result of a request. */
export type Answered<Answer> =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly problem: Problem };

type Values = Readonly<Record<string, string | number>>;

/** Reads from an endpoint. */
export function look<Answer>(path: string, values: Values = {}): Promise<Answered<Answer>> {
  return resultOf(
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

/** Asks an endpoint to change something. */
export function change<Answer>(path: string, body: object): Promise<Answered<Answer>> {
  return resultOf(
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

/** Sends a file to an endpoint, as lines of JSON. A large one takes its time. */
export function upload<Answer>(
  path: string,
  values: Readonly<Record<string, string>>,
  file: Blob,
): Promise<Answered<Answer>> {
  return resultOf(
    $.ajax<Answer>({
      url: `${ROOT}${path}?${new URLSearchParams(values).toString()}`,
      method: 'POST',
      cache: false,
      dataType: 'json',
      contentType: 'application/x-ndjson',
      processData: false,
      data: file,
    }),
  );
}

/**
 * Saves the answer of an endpoint as a file. It is fetched, because a link could not carry the token of a user who has
 * logged in. The browser may hold a large answer on its disk.
 */
export async function save(path: string, values: Values, name: string): Promise<Answered<void>> {
  const fetched = await resultOf(
    $.ajax<Blob>({
      url: ROOT + path,
      method: 'GET',
      cache: false,
      dataType: 'binary',
      data: values,
      xhrFields: { responseType: 'blob' },
    }),
  );
  if (fetched.ok) saveAs(fetched.answer, name);
  return fetched.ok ? { ok: true, answer: undefined } : fetched;
}

/** Saves refused readings as a file. @param parts their ids, as many as one request may have in each part */
export async function saveChosen(
  destination: string,
  parts: readonly (readonly number[])[],
  name: string,
): Promise<Answered<void>> {
  const blobs: Blob[] = [];
  for (const ids of parts) {
    const fetched = await resultOf(
      $.ajax<Blob>({
        url: `${ROOT}/export-chosen`,
        method: 'POST',
        cache: false,
        dataType: 'binary',
        contentType: 'application/json',
        data: JSON.stringify({ destination, ids }),
        xhrFields: { responseType: 'blob' },
      }),
    );
    if (!fetched.ok) return fetched;
    blobs.push(fetched.answer);
  }
  saveAs(new Blob(blobs), name);
  return { ok: true, answer: undefined };
}

function saveAs(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), LONGEST_WAIT_MS);
}

async function resultOf<Answer>(request: PromiseLike<Answer>): Promise<Answered<Answer>> {
  try {
    return { ok: true, answer: await request };
  } catch (error) {
    return { ok: false, problem: problemOf(error) };
  }
}

/** @param failed what jQuery rejects with: the request, with its answer where there was one */
function problemOf(failed: unknown): Problem {
  const answer = propertyOf(failed, 'responseJSON');
  if (isProblem(answer)) return answer;
  const status = propertyOf(failed, 'status');
  if (status === 401 || status === 403) return { kind: 'denied', message: '' };
  // The answer to a file's request arrives as a file, even where it is a reason.
  return { kind: status === 0 ? 'offline' : 'failed', message: '' };
}

function propertyOf(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined;
}

function isProblem(value: unknown): value is ProblemView {
  return typeof value === 'object' && value !== null && 'kind' in value && 'message' in value;
}
