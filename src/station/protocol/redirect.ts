import type { IncomingMessage } from 'node:http';
import type { WholeAnswer } from './answer';

/** A redirect where the page's address has no slash at the end, which its relative addresses need; undefined where it has one. */
export function redirectToSlash(request: IncomingMessage): WholeAnswer | undefined {
  const [path = '/'] = originalUrlOf(request).split('?', 1);
  if (path.endsWith('/')) return undefined;
  const Location = `./${path.slice(path.lastIndexOf('/') + 1)}/`;
  return { statusCode: 307, headers: { Location }, body: '' };
}

/** The address as the client asked for it: express shortens `url` to what follows the mount point. */
function originalUrlOf(request: IncomingMessage): string {
  if ('originalUrl' in request && typeof request.originalUrl === 'string') return request.originalUrl;
  return request.url ?? '/';
}
