import { VERSIONS, type Version } from '../../test/node-red/support';

/** The Node-RED that benchmarks run in. */
export function newest(): Version {
  const [version] = VERSIONS;
  if (!version) throw new Error('There is no version of Node-RED');
  return version;
}
