/** Certificates made for the test at hand by the system's openssl. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
