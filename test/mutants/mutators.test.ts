import assert from 'node:assert/strict';
import { mutantsOf } from '../../scripts/mutants/mutators';

/** What the mutations make of a source, each with its name. */
function mutationsOf(source: string): Readonly<Record<string, string>> {
  return Object.fromEntries(mutantsOf('src/x.ts', source).map(({ mutation, text }) => [mutation, text]));
}

describe('the mutators', () => {
  it('exchange comparisons, arithmetic and logic', () => {
    assert.deepEqual(mutationsOf('a < b;'), {
      'the statement is dropped: a < b': '{}',
      '< becomes <=': 'a <= b;',
    });
    assert.equal(mutationsOf('const x = a === b')['=== becomes !=='], 'const x = a !== b');
    assert.equal(mutationsOf('const x = a /* + */ + b')['+ becomes -'], 'const x = a /* - */ + b');
    assert.equal(mutationsOf('const x = a && b')['&& becomes ||'], 'const x = a || b');
    assert.equal(mutationsOf('const x = a ?? b')['what follows ?? is dropped'], 'const x = a');
    assert.equal(mutationsOf('const x = Math.min(a)')['min becomes max'], 'const x = Math.max(a)');
  });

  it('turn conditions round', () => {
    const found = mutationsOf('if (a) b = 1;');
    assert.equal(found['the condition is negated'], 'if (!(a)) b = 1;');
    assert.equal(found['the condition is always true'], 'if ((a) || true) b = 1;');
    assert.equal(found['the condition is never true'], 'if ((a) && false) b = 1;');
    assert.equal(mutationsOf('const x = !a')['! is dropped'], 'const x = a');
  });

  it('change numbers and truth values', () => {
    assert.deepEqual(mutationsOf('const x = [0, true]'), {
      '0 becomes one more': 'const x = [(0 + 1), true]',
      'true becomes false': 'const x = [0, false]',
    });
  });

  it('drop statements, awaits, options and early returns', () => {
    const call = 'f(a, { b: 1, c });';
    assert.equal(mutationsOf(call)['the statement is dropped: f(a, { b: 1, c })'], '{}');
    assert.equal(mutationsOf(call)['the option b is dropped'], 'f(a, {  c });');
    assert.equal(mutationsOf(call)['the option c is dropped'], 'f(a, { b: 1,  });');
    assert.equal(
      mutationsOf('const x = async () => { await f(); g(); };')['await is dropped'],
      'const x = async () => { f(); g(); };',
    );
    assert.equal(
      mutationsOf('function f() { if (a) return; b(); }')['return is dropped'],
      'function f() { if (a) {} b(); }',
    );
    assert.equal(
      mutationsOf('try { a(); } finally { b(); }')['the block is empty'],
      'try { a(); } finally {}',
    );
    assert.equal(mutationsOf('function f() { a(); b(); }')['the function does nothing'], 'function f() {}');
  });

  it('leave types, directives and tables of numbers alone', () => {
    const table = `const x = [${Array.from({ length: 17 }, (_, index) => index).join(', ')}]`;
    for (const source of ["'use strict';", 'type A = 1 | true;', 'interface B { c: 2 }', table])
      assert.deepEqual(mutationsOf(source), {}, source);
  });

  it('tell where a mutant is, and those of equal lines apart', () => {
    const found = mutantsOf('src/x.ts', 'a = 1;\n  b = true;\n  b = true;\n');
    const places = found
      .filter(({ mutation }) => mutation === 'true becomes false')
      .map(({ file, lineNumber, line, occurrence }) => [file, lineNumber, line, occurrence]);
    assert.deepEqual(places, [
      ['src/x.ts', 2, 'b = true;', 1],
      ['src/x.ts', 3, 'b = true;', 2],
    ]);
  });
});
