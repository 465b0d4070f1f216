/**
 * Where coverage is counted (see scripts/lib/coverage.mjs), what each file of tests ran is written when it ends: mocha
 * gives its worker processes a second for that at their end, which on a busy machine is too little.
 */
const { takeCoverage } = require('node:v8');

exports.mochaHooks = {
  afterAll() {
    if (process.env.NODE_V8_COVERAGE) takeCoverage();
  },
};
