import assert from 'node:assert/strict';
import { emptyVerdict, troublesOf, type Verdict } from '../verdict';
import { checkStored } from './check';
import { createPosts, SENDERS } from './posts';
import type { Stored } from './read-back';
import type { Told } from './senders';

const NOW = Date.UTC(2026, 4, 1);
const posts = createPosts(NOW, { key: 'key', token: 'token' });

/** The first post of each sender: the one with a picture is the second, and the last has none that is taken. */
const [MEASUREMENT, PICTURE, CURRENT] = [SENDERS, SENDERS + 1, SENDERS + 2];
const SENT = new Set([MEASUREMENT, PICTURE, CURRENT]);
const ALL: Told = { sent: SENT, acknowledged: SENT, refused: new Map() };

type Values = Map<string, number | string | boolean>;

/** What a station gives back that keeps all of these posts, changed by `change`. */
function storedOf(change: (values: Values) => void = () => {}): Stored {
  const values: Values = new Map([...SENT].flatMap((number) => [...posts.of(number).values]));
  change(values);
  const pictures = new Map(posts.of(PICTURE).pictures.map((id) => [id, 'intact' as const]));
  return { values, pictures, contradictions: [] };
}

function check(stored: Stored, told = ALL): Verdict {
  const verdict = emptyVerdict();
  checkStored({ told, posts, stored }, verdict);
  return verdict;
}

const NONE = { lost: 0, altered: 0, unexplained: 0, stuck: 0 };
const [place = ''] = posts.of(MEASUREMENT).values.keys();

describe('the observer of a station under faults', () => {
  it('finds nothing wrong with a station that keeps what it acknowledged', () => {
    const verdict = check(storedOf());
    assert.deepEqual(troublesOf(verdict), NONE);
    assert.deepEqual([verdict.accepted, verdict.delivered], [7, 7]);
  });

  it('finds a value that is not there, or is another one', () => {
    assert.deepEqual(troublesOf(check(storedOf((values) => values.delete(place)))), { ...NONE, lost: 1 });
    const other = storedOf((values) => values.set(place, 0.1));
    assert.deepEqual(troublesOf(check(other)), { ...NONE, altered: 1 });
  });

  it('finds a value that nobody sent, and one that was refused and is there', () => {
    const invented = storedOf((values) => values.set(`${place}1`, 1));
    assert.deepEqual(troublesOf(check(invented)), { ...NONE, unexplained: 1 });
    const acknowledged = new Set([PICTURE, CURRENT]);
    const told = { sent: SENT, acknowledged, refused: new Map([[MEASUREMENT, 400]]) };
    assert.deepEqual(troublesOf(check(storedOf(), told)), { ...NONE, unexplained: 2 });
  });

  it('does not mind whether what got no answer is there', () => {
    const told = { ...ALL, acknowledged: new Set([PICTURE, CURRENT]) };
    assert.deepEqual(troublesOf(check(storedOf(), told)), NONE);
    assert.deepEqual(
      troublesOf(
        check(
          storedOf((values) => values.delete(place)),
          told,
        ),
      ),
      NONE,
    );
  });

  it('finds a picture whose bytes are gone or altered, though its value is there', () => {
    const [id = ''] = posts.of(PICTURE).pictures;
    const gone = { ...storedOf(), pictures: new Map([[id, { refusal: '404' }]]) };
    assert.deepEqual(troublesOf(check(gone)), { ...NONE, lost: 1 });
    const altered = { ...storedOf(), pictures: new Map([[id, 'altered' as const]]) };
    assert.deepEqual(troublesOf(check(altered)), { ...NONE, altered: 1 });
  });

  it('finds that a graph shows something else than what is kept', () => {
    const stored = { ...storedOf(), contradictions: ['a graph shows other extremes'] };
    assert.deepEqual(troublesOf(check(stored)), { ...NONE, unexplained: 1 });
  });
});
