/** The parameters of a request for the page's data, validated. */
import { describe, success, type Result } from '../../result';
import { checkName, refuse, type Refusal } from '../protocol';
import type { FieldId, SourceId, TimeRange } from '../store';
import type { GapRule } from '../vocabulary';
import { DEFAULT_COUNT, DEFAULT_POINTS, MAX_COUNT, MAX_POINTS } from './limits';

type Parameters = URLSearchParams;

/** The parameters of a request's address. */
export function parametersOf(url: string): Parameters {
  const start = url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
}

export function readSource(parameters: Parameters): Result<SourceId, Refusal> {
  const kind = parameters.get('kind');
  if (kind !== 'sensor' && kind !== 'device') {
    return refuse('invalid', `"kind" must be sensor or device, and is ${describe(kind)}.`);
  }
  const name = checkName('"source"', parameters.get('source'));
  return name.ok ? success({ kind, name: name.value }) : name;
}

export function readField(parameters: Parameters): Result<FieldId, Refusal> {
  const source = readSource(parameters);
  if (!source.ok) return source;
  const field = checkName('"field"', parameters.get('field'));
  return field.ok ? success({ ...source.value, field: field.value }) : field;
}

/** The first refusal, or all values in one object. */
export function combined<One, Other, Third>(
  one: Result<One, Refusal>,
  other: Result<Other, Refusal>,
  third: Result<Third, Refusal>,
): Result<One & Other & Third, Refusal> {
  if (!one.ok) return one;
  if (!other.ok) return other;
  return third.ok ? success({ ...one.value, ...other.value, ...third.value }) : third;
}

/** A range of time; an end that is not given is the beginning or the end of all time. */
export function readRange(parameters: Parameters): Result<TimeRange, Refusal> {
  const from = readNumber(parameters, 'from', 0, [0, END_OF_TIME]);
  if (!from.ok) return from;
  const to = readNumber(parameters, 'to', END_OF_TIME, [0, END_OF_TIME]);
  if (!to.ok) return to;
  if (from.value > to.value) return refuse('invalid', '"from" is after "to".');
  return success({ from: from.value, to: to.value });
}

export function readBefore(parameters: Parameters): Result<{ readonly before: number }, Refusal> {
  const before = readNumber(parameters, 'before', END_OF_TIME, [0, END_OF_TIME]);
  return before.ok ? success({ before: before.value }) : before;
}

export function readPoints(parameters: Parameters): Result<{ readonly points: number }, Refusal> {
  const points = readNumber(parameters, 'points', DEFAULT_POINTS, [10, MAX_POINTS]);
  return points.ok ? success({ points: points.value }) : points;
}

/** When there is a gap between two readings, as `SeriesAnswer` says. */
export function readGap(parameters: Parameters): Result<{ readonly gap: GapRule }, Refusal> {
  const text = parameters.get('gap') ?? 'automatic';
  if (text === 'automatic') return success({ gap: text });
  if (text === 'never') return success({ gap: Infinity });
  const gap = readNumber(parameters, 'gap', 0, [0, END_OF_TIME]);
  return gap.ok ? success({ gap: gap.value }) : gap;
}

export function readCount(parameters: Parameters): Result<{ readonly count: number }, Refusal> {
  const count = readNumber(parameters, 'count', DEFAULT_COUNT, [1, MAX_COUNT]);
  return count.ok ? success({ count: count.value }) : count;
}

/** The latest time that a Date can be, in milliseconds. */
const END_OF_TIME = 8.64e15;

function readNumber(
  parameters: Parameters,
  name: string,
  fallback: number,
  [least, most]: readonly [number, number],
): Result<number, Refusal> {
  const text = parameters.get(name);
  if (text === null) return success(fallback);
  const number = /^\d{1,16}(\.\d{1,12})?$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return success(number);
  return refuse('invalid', `"${name}" must be a number from ${least} to ${most}, and is ${describe(text)}.`);
}
