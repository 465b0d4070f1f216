import { KEPT_MEGABYTES } from './queue';
import { validateServerUrl } from './server';
import { named, validateOptionalConfig, wholeNumber } from './validators';

/** The station-config node that a node refers to. */
export const STATION_REFERENCE = {
  value: '',
  type: 'station-config',
  required: false,
  validate: named('common.label.station', validateOptionalConfig),
};

/**
 * The settings that both config nodes have, with their validators. Each node lists them in its `defaults`, and spreads
 * nothing there, because node-red-dev reads names only.
 */
export const DESTINATION = {
  url: { value: '', validate: named('common.label.url', validateServerUrl) },
  tls: {
    value: '',
    type: 'tls-config',
    required: false,
    validate: named('common.label.tls', validateOptionalConfig),
  },
  proxy: {
    value: '',
    type: 'http proxy',
    required: false,
    validate: named('common.label.proxy', validateOptionalConfig),
  },
  concurrent: { value: 4, validate: named('common.label.concurrent', wholeNumber(1, 16)) },
  perMinute: { value: 0, validate: named('common.label.perMinute', wholeNumber(0, 60_000)) },
  keepDays: { value: 30, validate: named('common.label.keep', wholeNumber(1, 3650)) },
  keepMegabytes: { value: 256, validate: named(KEPT_MEGABYTES, wholeNumber(1, 100_000)) },
  timeWaitMinutes: { value: 10, validate: named('common.label.timeWait', wholeNumber(0, 100_000)) },
  retryRefusedHours: { value: 0, validate: named('common.label.retryRefused', wholeNumber(0, 168)) },
};
