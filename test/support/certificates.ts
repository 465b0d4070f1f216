/** Certificates made for the test at hand by the system's openssl. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/**
 * A self-signed certificate, or `undefined` where this machine has no openssl.
 * @param subjectAltName such as `IP:127.0.0.1`
 */
export function createCertificate(subjectAltName: string): Certificate | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'sensorpost-certificate-'));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  try {
    const options = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test`;
    const names = ['-addext', `subjectAltName=${subjectAltName}`];
    const files = ['-keyout', key, '-out', cert];
    execFileSync('openssl', [...options.split(' '), ...names, ...files], { stdio: 'ignore' });
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * A self-signed certificate that is valid from one day to another, or `undefined` where this machine has no openssl.
 * @param from such as `20400101000000Z`
 */
export function createCertificateOf(
  subjectAltName: string,
  from: string,
  to: string,
): Certificate | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'sensorpost-certificate-'));
  const openssl = (...args: readonly string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  try {
    // `openssl req` knows no first day before version 3.4, and `openssl ca` needs a configuration.
    writeFileSync(join(folder, 'index.txt'), '');
    writeFileSync(join(folder, 'ca.cnf'), caConfiguration(subjectAltName));
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    openssl('req', '-new', ...curve, '-subj', '/CN=test', '-keyout', 'key.pem', '-out', 'request.pem');
    const files = ['-in', 'request.pem', '-keyfile', 'key.pem', '-out', 'cert.pem'];
    const days = ['-startdate', from, '-enddate', to];
    openssl('ca', '-selfsign', '-batch', '-notext', '-config', 'ca.cnf', ...files, ...days);
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    return { cert: read('cert.pem'), key: read('key.pem') };
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function caConfiguration(subjectAltName: string): string {
  return `
[ca]
default_ca = test
[test]
database = index.txt
new_certs_dir = .
default_md = sha256
rand_serial = yes
policy = any
x509_extensions = names
[any]
commonName = supplied
[names]
subjectAltName = ${subjectAltName}
`;
}
