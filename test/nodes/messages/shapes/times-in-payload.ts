/** Fields that tell a time, and those that other systems send beside their values. */
import { differing, same, type Chapter } from './shape';

const at = (time: string) => ({ at: Date.parse(`2026-05-01T${time}Z`) });

export const TIMES_IN_PAYLOAD: Chapter = {
  name: 'A time in the payload',
  shapes: [
    same(
      'timestamp in milliseconds',
      '{timestamp: 1777636740000, temp: 21.5}',
      { temp: 21.5 },
      at('11:59:00'),
    ),
    same('timestamp in seconds', '{timestamp: 1777636740, temp: 21.5}', { temp: 21.5 }, at('11:59:00')),
    same('time in seconds', '{time: 1777636740, temp: 21.5}', { temp: 21.5 }, at('11:59:00')),
    same('time in seconds, of the day before yesterday', '{time: 1777463999, temp: 21.5}', 'error'),
    same('time as text', "{time: '2026-05-01T11:59:00Z', temp: 21.5}", { temp: 21.5 }, at('11:59:00')),
    same('a Date', '{timestamp: new Date(1777636740000), temp: 21.5}', { temp: 21.5 }, at('11:59:00')),
    same('timestamp as seconds in text', "{timestamp: '1777636740', temp: 21.5}", 'error'),
    same('timestamp that is none', "{timestamp: 'noon', temp: 21.5}", 'error'),
    same(
      'timestamp and time: the first is the time',
      '{timestamp: 1777636740000, time: 1777636770, temp: 21.5}',
      { temp: 21.5, time: 1777636770 },
      at('11:59:00'),
    ),
    same('time that is a duration', '{time: 12.5, temp: 21.5}', { time: 12.5, temp: 21.5 }, at('12:00:00')),
    same(
      'Time of Tasmota, without an offset',
      "{Time: '2026-05-01T11:59:30', ANALOG: 731}",
      { ANALOG: 731 },
      at('11:59:30'),
    ),
    same(
      'Time of Tasmota in another time zone than this machine',
      "{Time: '2026-05-01T13:59:30', ANALOG: 731}",
      'error',
    ),
    same(
      'time of rtl_433, local',
      "{time: '2026-05-01 11:59:30', temperature_C: 21.5}",
      { temperature_C: 21.5 },
      at('11:59:30'),
    ),
    same('time of rtl_433 with -M time:unix', "{time: '1777636770', temperature_C: 21.5}", 'error'),
    differing(
      'last_seen of Zigbee2MQTT as ISO 8601: a value',
      "{temperature: 21.5, last_seen: '2026-05-01T11:59:58.123Z'}",
      ['error', { temperature: 21.5, last_seen: '2026-05-01T11:59:58.123Z' }],
      at('12:00:00'),
    ),
    same(
      'last_seen of Zigbee2MQTT as epoch: a value',
      '{temperature: 21.5, last_seen: 1777636798123}',
      { temperature: 21.5, last_seen: 1777636798123 },
      at('12:00:00'),
    ),
    same(
      'ts of Shelly Gen2: a value',
      '{ts: 1777636799.41, tC: 22.1}',
      { ts: 1777636799.41, tC: 22.1 },
      at('12:00:00'),
    ),
    differing(
      'time (of the day) and unixtime of Shelly: values',
      "{time: '13:59', unixtime: 1777636799, uptime: 81}",
      ['error', { time: '13:59', unixtime: 1777636799, uptime: 81 }],
      at('12:00:00'),
    ),
    same(
      'ts of a Ruuvi Gateway, in text: a value',
      "{ts: '1777636798', rssi: -63}",
      { ts: 1777636798, rssi: -63 },
      at('12:00:00'),
    ),
    differing(
      'last_changed of Home Assistant: a value',
      "{state: '21.4', last_changed: '2026-05-01T11:59:57.311Z'}",
      ['error', { state: 21.4, last_changed: '2026-05-01T11:59:57.311Z' }],
      at('12:00:00'),
    ),
    same(
      'dt of OpenWeather: a value',
      '{dt: 1777636200, temp: 12.4}',
      { dt: 1777636200, temp: 12.4 },
      at('12:00:00'),
    ),
  ],
};
