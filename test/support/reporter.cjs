/**
 * Mocha's own report, with one plain line at its end: "N passed, N failed, N skipped". Where something follows the
 * report, as the coverage does, the line goes to the file that SENSORPOST_TEST_COUNTS names, to be shown after it.
 */
const { writeFileSync } = require('node:fs');
const { reporters } = require('mocha');

module.exports = class extends reporters.Spec {
  epilogue() {
    super.epilogue();
    const { passes, failures, pending } = this.stats;
    const line = `${passes} passed, ${failures} failed, ${pending} skipped`;
    const file = process.env.SENSORPOST_TEST_COUNTS;
    if (file) writeFileSync(file, line);
    else console.log(line);
  }
};
