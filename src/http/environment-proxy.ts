import { misconfigured, success } from '../result';
import { parseHttpUrl } from './address';
import { matchesHost, proxyOfVariable, type ProxyFor } from './proxy';

/** Environment variables, as in `process.env`; what is no text is not set. */
type Environment = Readonly<Record<string, unknown>>;

/** How proxies are found in the environment: `proxyOptions` in Node-RED's settings file, by the same names. */
export interface EnvironmentProxyOptions {
  /** `legacy`: as Node-RED did before version 3.1. */
  readonly mode: 'strict' | 'legacy';
  readonly favourUpperCase: boolean;
  readonly lowerCaseOnly: boolean;
  /** Leaves out what npm's configuration sets. */
  readonly excludeNpm: boolean;
}

/** An environment variable that is set. */
interface Variable {
  readonly name: string;
  readonly value: string;
}

/** What the environment says of proxies. */
interface EnvironmentProxies {
  readonly http: Variable | undefined;
  readonly https: Variable | undefined;
  readonly isExempt: (target: URL) => boolean;
}

/**
 * The proxies of the environment (`http_proxy`, `https_proxy`, `all_proxy`, `no_proxy`), as Node-RED's http request node
 * finds them. The environment is read once, now.
 */
export function environmentProxy(environment: Environment, options: EnvironmentProxyOptions): ProxyFor {
  const { http, https, isExempt } =
    options.mode === 'legacy' ? readLegacy(environment) : readStrict(environment, options);
  return (target) => {
    const isSecure = target.protocol === 'https:';
    const variable = isSecure ? https : http;
    if (!variable || isExempt(target)) return success(undefined);
    const { name, value } = variable;
    // Without a scheme it gets the target's.
    const url = parseHttpUrl(value.includes('://') ? value : `${target.protocol}//${value}`);
    if (url) return success(proxyOfVariable(url, name));
    return misconfigured(
      `The proxy of the environment variable ${name} is no URL that begins with http:// or https://: correct it where Node-RED is started, or choose an http proxy node in the config node`,
    );
  };
}

function readStrict(environment: Environment, options: EnvironmentProxyOptions): EnvironmentProxies {
  const find = (...names: readonly string[]): Variable | undefined =>
    findVariable(
      environment,
      names
        .filter((name) => !options.excludeNpm || !name.startsWith('npm_config_'))
        .flatMap((name) => spellingsOf(name, options)),
    );
  const findProxy = (protocol: string) =>
    find(`npm_config_${protocol}_proxy`, `${protocol}_proxy`, 'npm_config_proxy', 'all_proxy');
  const noProxy = find('npm_config_no_proxy', 'no_proxy')?.value ?? '';
  const rules = noProxy.split(/[,\s]/);
  return {
    http: findProxy('http'),
    https: findProxy('https'),
    isExempt: (target) => rules.some((rule) => matchesHost(target, rule)),
  };
}

function spellingsOf(name: string, options: EnvironmentProxyOptions): readonly string[] {
  if (options.lowerCaseOnly) return [name];
  const upper = name.toUpperCase();
  return options.favourUpperCase ? [upper, name] : [name, upper];
}

/** One proxy for all, and parts of URLs that are reached without it. */
function readLegacy(environment: Environment): EnvironmentProxies {
  const proxy = findVariable(environment, ['HTTP_PROXY', 'http_proxy']);
  const parts = findVariable(environment, ['NO_PROXY', 'no_proxy'])?.value.split(',') ?? [];
  return {
    http: proxy,
    https: proxy,
    isExempt: ({ href }) => parts.some((part) => href.includes(part.trim())),
  };
}

/** The first of these variables that is set; an empty one is not. */
function findVariable(environment: Environment, names: readonly string[]): Variable | undefined {
  for (const name of names) {
    const value = environment[name];
    if (typeof value === 'string' && value !== '') return { name, value };
  }
  return undefined;
}
