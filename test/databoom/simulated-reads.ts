/** An account of Databoom in memory that lists and charts as the reference documents it. */
import assert from 'node:assert/strict';
import { failed, success } from '../../src/result';
import type { ChartRequest, DataboomReads } from '../../src/databoom';

/** A signal with its values, oldest first. */
export interface SimulatedSignal {
  readonly device: string;
  readonly name: string;
  readonly values: readonly (readonly [timestamp: number, value: unknown])[];
}

/** As Databoom documents it for `*`. */
export const MOST_VALUES = 10_080;

export interface SimulatedReads extends DataboomReads {
  /** What was asked: the number of a page, or a chart. */
  readonly asked: (number | ChartRequest)[];
  /** Other signals from now on, all with ids of their own. */
  replace(signals: readonly SimulatedSignal[]): void;
}

/** @param perPage signals in a page */
export function simulateReads(signals: readonly SimulatedSignal[], perPage = 3): SimulatedReads {
  let [current, generation] = [signals, 1];
  const asked: (number | ChartRequest)[] = [];
  const idOf = (index: number) => `${generation}-${index}`;

  return {
    asked,
    replace(others) {
      [current, generation] = [others, generation + 1];
    },
    async list(page) {
      asked.push(page);
      const first = (page - 1) * perPage;
      const data = current.slice(first, first + perPage).map(({ device, name, values }, index) => {
        const last = values.at(-1);
        return {
          ...fieldsOf(idOf(first + index), device, name),
          ...(last && { last_recived_value: last[1], last_conn: new Date(last[0]).toISOString() }),
        };
      });
      const next = first + perPage < current.length ? page + 1 : null;
      return success({ data, pages: { current: page, next } });
    },
    async chart(request) {
      asked.push(request);
      assert.equal(request.granularity, '*');
      const { startDate, endDate } = request;
      for (const date of [startDate, endDate])
        assert.match(date, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/);
      const body: Record<string, object> = {};
      const info: Record<string, object> = {};
      for (const id of request.signals) {
        const signal = current.find((_, index) => idOf(index) === id);
        if (!signal) return failed({ kind: 'missing', message: 'There is no such signal' });
        const [from, to] = [Date.parse(startDate), Date.parse(endDate)];
        const within = signal.values.filter(([time]) => time >= from && time <= to);
        body[id] = within
          .slice(0, MOST_VALUES)
          .map(([time, value]) => ({ date: new Date(time).toISOString(), value, mean: 'not asked for' }));
        info[id] = { granularity: '*', overBound: within.length > MOST_VALUES };
      }
      return success({ ...body, info });
    },
  };
}

/** An entry of Databoom's list, in its own words. */
export function fieldsOf(id: string, device: string, name: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries([
    ['_id', id],
    ['device_token', device],
    ['signal_token', name],
    ['status', 'ACTIVE'],
  ]);
}
