/**
 * Mocha's own report, with one plain line at its end: "N passed, N failed, N skipped". Where `npm test` asks for it by
 * SENSORPOST_TEST_COUNTS, the counts of each file of tests go to the file of that name instead, as JSON:
 * `{"test/a.test.ts": {"passed": 1, "failed": 1, "skipped": 0, "failures": ["titles"]}}`.
 */
const { writeFileSync } = require('node:fs');
const path = require('node:path');
const { reporters, Runner } = require('mocha');

const { EVENT_TEST_FAIL, EVENT_TEST_PASS, EVENT_TEST_PENDING } = Runner.constants;

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    this.files = new Map();
    runner.on(EVENT_TEST_PASS, (test) => (this.countsOf(test).passed += 1));
    runner.on(EVENT_TEST_PENDING, (test) => (this.countsOf(test).skipped += 1));
    runner.on(EVENT_TEST_FAIL, (test) => {
      const counts = this.countsOf(test);
      counts.failed += 1;
      counts.failures.push(test.fullTitle());
    });
  }

  /** The counts of a test's file. A hook that failed counts as a test that did. */
  countsOf({ file }) {
    const name = file ? path.relative(process.cwd(), file) : 'unknown';
    if (!this.files.has(name)) this.files.set(name, { passed: 0, failed: 0, skipped: 0, failures: [] });
    return this.files.get(name);
  }

  epilogue() {
    super.epilogue();
    const { passes, failures, pending } = this.stats;
    const file = process.env.SENSORPOST_TEST_COUNTS;
    if (file) writeFileSync(file, JSON.stringify(Object.fromEntries(this.files)));
    else console.log(`${passes} passed, ${failures} failed, ${pending} skipped`);
  }
};
