import { advise, parseSecret, parseServerUrl, type HttpAnswer, type HttpClient } from '../http';
import { decodeJson } from '../json';
import { failed, success, type Failure, type Misconfiguration, type Result } from '../result';
import { ADVICE, RESOURCE, type DataboomAccount } from './client';

/** Why nothing was read; `kind` is one of `RequestProblem`, or what a station says. */
export type ReadFailure = Failure<string>;

/** Of what time the values are: all of them (`*`), one for each hour, day or month, or the finest of these that fits. */
export type Granularity = 'a' | '*' | 'h' | 'd' | 'm';

/** The body of Databoom's `POST /v1/chart`. */
export interface ChartRequest {
  /** The `_id`s of signals. */
  readonly signals: readonly string[];
  /** `YYYY-MM-DDTHH:MM:SS+HH:MM` */
  readonly startDate: string;
  readonly endDate: string;
  readonly granularity: Granularity;
}

/** What Databoom's API lets a token read, as decoded JSON that nobody has looked into. Neither throws or rejects. */
export interface DataboomReads {
  /** `GET /v1/signals`. @param page counts from 1 */
  list(page: number, signal: AbortSignal): Promise<Result<unknown, ReadFailure>>;
  /** `POST /v1/chart` */
  chart(request: ChartRequest, signal: AbortSignal): Promise<Result<unknown, ReadFailure>>;
}

// A chart of one signal has at most 10,080 values, in some 200 bytes each at the station, and perhaps 400 elsewhere.
const LARGEST_ANSWER = 4_000_000;

const NO_LIST = 'it does not list signals, so they cannot be read there; is the server address right';
const NO_CHART = 'it does not know the signal, or it is no server with charts';

/** The way to read at a server with Databoom's API, or what is wrong with its settings. */
export function openDataboomReads(
  account: DataboomAccount,
  http: Pick<HttpClient, 'get' | 'post'>,
): Result<DataboomReads, Misconfiguration> {
  const base = parseServerUrl(account.server, RESOURCE);
  if (!base.ok) return base;
  const token = parseSecret(account.token, 'OAuth token');
  if (!token.ok) return token;
  const { host } = new URL(base.value);
  const common = { bearer: token.value, largestAnswer: LARGEST_ANSWER };

  return success({
    async list(page, signal) {
      const url = `${base.value}/v1/signals/?page=${page}`;
      return readAnswer(await http.get({ url, ...common }, signal), host, NO_LIST);
    },
    async chart(request, signal) {
      const json = JSON.stringify(request);
      const post = {
        ...common,
        url: `${base.value}/v1/chart`,
        headers: { 'Content-Type': 'application/json' },
        body: () => json,
        length: Buffer.byteLength(json),
      };
      return readAnswer(await http.post(post, signal), host, NO_CHART);
    },
  });
}

type Answered = Awaited<ReturnType<HttpClient['get']>>;

function readAnswer(result: Answered, host: string, missing: string): Result<unknown, ReadFailure> {
  if (!result.ok) {
    const { failure } = result;
    const unauthorised = failure.isTokenInvalid
      ? ADVICE.unauthorised
      : 'the OAuth token may not read, it needs the permission Read';
    return failed(advise(failure, { unauthorised, missing }));
  }
  const json = decodeJson(result.value.text);
  return json ? success(json.value) : failed(noJson(result.value, host));
}

function noJson({ statusCode }: HttpAnswer, host: string): ReadFailure {
  const message = `${host} answered ${statusCode}, but not with JSON as Databoom does: is the server address right`;
  return { kind: 'unreadable', message };
}
