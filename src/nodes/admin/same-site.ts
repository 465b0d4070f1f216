import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { describe } from '../../result';

/** Whom Node-RED's settings trust. */
export interface Trust {
  /** Whether users of the editor log in (`adminAuth`): a page of another site has no token of theirs. */
  readonly hasLogin: boolean;
  /** Names by which the editor is opened (`sensorpostEditorHosts`), in lower case. */
  readonly hosts: readonly string[];
}

/**
 * Why a request to the editor is refused, because a page of another website may have made it; undefined where it is not.
 *
 * - Browsers say themselves where a request comes from (`Sec-Fetch-Site`, which no script can set) to addresses with
 *   https and to this machine. That decides alone: it holds behind any proxy, whatever the proxy makes of other headers.
 * - Elsewhere, what posts says its `Origin`: that has to be a name by which the request calls this server, in `Host`, or
 *   in the `X-Forwarded-Host` of a proxy (Home Assistant's ingress sends it; no page of another site can). Ports are not
 *   compared, because proxies leave them out.
 * - A name of the internet can be pointed at this machine by whoever owns it (DNS rebinding): then Origin and Host agree.
 *   So without a login, and where the browser does not say, each name has to be one that nobody on the internet has.
 *
 * Programs that are no browsers send none of this and pass, with an address as `Host`.
 */
export function refusalOf(headers: IncomingHttpHeaders, trust: Trust): string | undefined {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none' ? undefined : OTHER_SITE;
  const names = namesOf(headers);
  if (headers.origin !== undefined && !names.includes(nameOfOrigin(headers.origin))) return OTHER_SITE;
  const foreign = trust.hasLogin ? undefined : names.find((name) => !isOwn(name, trust));
  return foreign === undefined ? undefined : openedAs(foreign);
}

/** The names by which a request calls this server. */
function namesOf({ host = '', 'x-forwarded-host': forwarded }: IncomingHttpHeaders): readonly string[] {
  const others = forwarded === undefined ? [] : String(forwarded).split(',');
  return [host, ...others].map((text) => nameOfUrl(`http://${text.trim()}`));
}

/** The name of an origin; of one that has none, as `null`, a text that is no name. */
function nameOfOrigin(origin: string): string {
  return URL.canParse(origin) ? nameOfUrl(origin) : 'no origin';
}

function nameOfUrl(url: string): string {
  if (!URL.canParse(url)) return '';
  const name = new URL(url).hostname;
  return name.endsWith('.') ? name.slice(0, -1) : name;
}

/** Whether no website has this name: an address, one word, a name of a home network, or one of the settings. */
function isOwn(name: string, { hosts }: Trust): boolean {
  const isAddress = name.startsWith('[') || isIP(name) !== 0;
  const isWord = name !== '' && !name.includes('.');
  return isAddress || isWord || hosts.includes(name) || HOME_DOMAINS.some((end) => name.endsWith(end));
}

/**
 * Domains that the internet does not have (RFC 6761, 6762 with its appendix G, 8375; internal: ICANN), and the one that
 * the maker of FRITZ!Box routers holds.
 */
const HOME_DOMAINS = [
  '.localhost',
  '.local',
  '.home.arpa',
  '.internal',
  '.intranet',
  '.private',
  '.corp',
  '.home',
  '.lan',
  '.localdomain',
  '.fritz.box',
] as const;

const OTHER_SITE =
  'The request came from a page of another address, so it was refused: open the editor itself. ' +
  'Where a proxy stands before Node-RED, have it pass the Host header on';

function openedAs(name: string): string {
  return (
    `The editor was opened as ${describe(name)}, a name that anybody could point at this machine, over http:// and ` +
    'without a login: open it by its IP address or by https://, set adminAuth, or add the name to sensorpostEditorHosts in settings.js'
  );
}
