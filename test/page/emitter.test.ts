import assert from 'node:assert/strict';
import { Emitter } from '../../src/page/emitter';

describe('An emitter of the page', () => {
  it('calls no listener whose signal was aborted, before or after it was added', () => {
    const emitter = new Emitter<string>();
    const heard: string[] = [];
    const later = new AbortController();
    emitter.listen(() => heard.push('too late'), AbortSignal.abort());
    emitter.listen((detail) => heard.push(detail), later.signal);
    emitter.emit('first');
    later.abort();
    emitter.emit('second');
    assert.deepEqual(heard, ['first']);
  });
});
