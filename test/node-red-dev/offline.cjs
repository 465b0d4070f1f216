// Loaded ahead of node-red-dev: answers what it asks the internet with what is installed here. The packages with which
// it would ask are old and unsafe, so package.json has another, harmless one installed in their place.
const { readFileSync } = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '../..');
const readJson = (file) => JSON.parse(readFileSync(path.join(root, file), 'utf8'));

/** The versions of Node-RED that are installed here, as a registry describes a package. */
function describeNodeRed() {
  const [latest, maintenance] = ['node-red', 'node-red-4'].map((name) =>
    readJson(`node_modules/${name}/package.json`),
  );
  return {
    'dist-tags': { latest: latest.version, maintenance: maintenance.version },
    versions: { [latest.version]: latest },
  };
}

/** All packages that are installed together with this one, as NAME@VERSION. */
function listDependencies() {
  const packages = Object.entries(readJson('package-lock.json').packages);
  return packages
    .filter(([place, { dev, devOptional }]) => place !== '' && !dev && !devOptional)
    .map(([place, { version }]) => `${place.slice(place.lastIndexOf('node_modules/') + 13)}@${version}`);
}

const ANSWERS = {
  axios: {
    get: async (url) => {
      if (url.endsWith('/node-red')) return { data: describeNodeRed() };
      // The catalogue of all nodes: which other packages there are cannot be known here.
      if (url.endsWith('/catalogue.json')) return { data: { modules: [] } };
      throw new Error(`node-red-dev asks for something new: ${url}`);
    },
  },
  'npm-remote-ls': {
    config: () => {},
    ls: (_name, _version, _isFlat, callback) => callback(listDependencies()),
  },
  // Which versions are the latest cannot be known here.
  'npm-check': async () => ({ get: () => [] }),
};

const fromTool = { paths: [path.join(root, 'node_modules/node-red-dev')] };
for (const [name, answer] of Object.entries(ANSWERS)) {
  const file = require.resolve(name, fromTool);
  require(file);
  require.cache[file].exports = answer;
}
