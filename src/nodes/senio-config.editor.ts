import { SENIO_CONFIG } from './common/settings';
import { fillMissing, wholeNumber } from './editor/form';
import { prepareServerChoice, validateServerUrl } from './editor/server';

RED.nodes.registerType<typeof SENIO_CONFIG>('senio-config', {
  category: 'config',
  defaults: {
    name: { value: '' },
    server: { value: 'here' },
    url: { value: '', validate: validateServerUrl },
    sensor: { value: '', required: true },
    tls: { value: '', type: 'tls-config', required: false },
    proxy: { value: '', type: 'http proxy', required: false },
    concurrent: { value: 4, validate: wholeNumber(1, 16) },
    perMinute: { value: 0, validate: wholeNumber(0, 60_000) },
    keepDays: { value: 30, validate: wholeNumber(1, 3650) },
    keepMegabytes: { value: 256, validate: wholeNumber(1, 100_000) },
    timeWaitMinutes: { value: 10, validate: wholeNumber(0, 100_000) },
    fields: { value: [] },
  },
  credentials: { key: { type: 'password' } },
  label() {
    return this.name || this.sensor || 'senio-config';
  },
  oneditprepare() {
    fillMissing(this, SENIO_CONFIG, 'node-config-input');
    prepareServerChoice();
  },
});
