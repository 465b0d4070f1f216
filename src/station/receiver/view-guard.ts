/**
 * Who may look, asked before every view: whatever is no endpoint with a key of its own is refused unless somebody may
 * look, so that no new view can be forgotten. `login` and `logout` are the only addresses that go past it.
 */
import type { IncomingMessage } from 'node:http';
import type { SignInPages, SignInState, ViewAccess, ViewDecision } from '../access';
import {
  jsonAnswer,
  methodAnswer,
  redirectToSlash,
  refusalAnswer,
  type Answer,
  type WholeAnswer,
} from '../protocol';
import type { BodyReceiver } from './body';
import { receivePassword } from './password-body';

export interface ViewGuard {
  /**
   * Answers `login` and `logout`, and what may not be looked at; undefined where a view may answer.
   * @param segments the decoded segments of the address
   */
  answer(request: IncomingMessage, segments: readonly string[]): Promise<Answer | undefined>;
  /** The answer to somebody with a token who wants to read; undefined where a token is enough. */
  refuseReading(): Answer | undefined;
}

type Refused = Exclude<ViewDecision, 'granted'>;

export function createViewGuard(access: ViewAccess, pages: SignInPages, bodies: BodyReceiver): ViewGuard {
  /** The page that says so to a browser, and JSON for other programs. */
  function say(request: IncomingMessage, state: SignInState, plain: WholeAnswer): WholeAnswer {
    const page = pages.page(request, state);
    return page ? { ...plain, body: page.body, headers: { ...plain.headers, ...page.headers } } : plain;
  }

  async function signIn(request: IncomingMessage): Promise<Answer> {
    if (request.method === 'GET' || request.method === 'HEAD') return toPage({});
    if (request.method !== 'POST') return methodAnswer('POST');
    const password = await receivePassword(bodies, request);
    if (!password.ok) return refusalAnswer(password.failure);
    const { policy } = access;
    if (policy.kind !== 'password')
      return policy.kind === 'everyone' ? toPage({}) : refuse(request, policy.kind);
    const signedIn = await access.signIn(request, password.value);
    if (signedIn.ok) return toPage({ ...signedIn.value });
    const { failure } = signedIn;
    if (failure.kind === 'wrong') return say(request, 'wrong', unauthorised(failure.message));
    const headers = { 'Retry-After': String(failure.waitS) };
    return say(request, 'later', jsonAnswer(429, { error: failure.message }, headers));
  }

  function signOut(request: IncomingMessage): Answer {
    return request.method === 'POST' ? toPage({ ...access.signOut(request) }) : methodAnswer('POST');
  }

  function refuse(request: IncomingMessage, why: Refused): Answer {
    const { state, plain } = REFUSALS[why];
    return say(request, state, plain);
  }

  return {
    answer: async (request, segments) => {
      const [first, ...more] = segments;
      if (more.length === 0 && first === 'login') return signIn(request);
      if (more.length === 0 && first === 'logout') return signOut(request);
      const decision = access.decide(request);
      if (decision === 'granted') return undefined;
      const isPage = more.length === 0 && first === '';
      // A browser is asked at the page's own address alone, to which the form is relative.
      return isPage ? (redirectToSlash(request) ?? refuse(request, decision)) : REFUSALS[decision].plain;
    },
    refuseReading: () => {
      const { kind } = access.policy;
      return kind === 'nobody' || kind === 'starting' ? REFUSALS[kind].plain : undefined;
    },
  };
}

/** A browser goes on at the page, with the cookies of these headers. */
function toPage(headers: WholeAnswer['headers']): WholeAnswer {
  return { statusCode: 303, headers: { Location: './', ...headers }, body: '' };
}

/** RFC 9110 wants a 401 to name a scheme; this one is no name that makes a browser ask by itself. */
function unauthorised(error: string): WholeAnswer {
  return jsonAnswer(401, { error }, { 'WWW-Authenticate': 'Cookie realm="station"' });
}

const REFUSALS: Readonly<Record<Refused, { readonly state: SignInState; readonly plain: WholeAnswer }>> = {
  password: {
    state: 'ask',
    plain: unauthorised(
      'This station asks for a password: sign in at its page. A program posts password=… to login beside the page, and sends the cookie of the answer along.',
    ),
  },
  nobody: {
    state: 'nobody',
    plain: refusalAnswer({
      kind: 'unauthorised',
      message: 'Nobody may look at this station: its settings in Node-RED say so.',
    }),
  },
  starting: {
    state: 'starting',
    plain: refusalAnswer({ kind: 'unavailable', message: 'Node-RED is starting: try again in a moment.' }),
  },
};
