import { DATABOOM_CONFIG } from './common/settings';
import { fillMissing, wholeNumber } from './editor/form';
import { prepareServerChoice, validateServerUrl } from './editor/server';

RED.nodes.registerType<typeof DATABOOM_CONFIG>('databoom-config', {
  category: 'config',
  defaults: {
    name: { value: '' },
    server: { value: 'here' },
    url: { value: '', validate: validateServerUrl },
    account: { value: '' },
    tls: { value: '', type: 'tls-config', required: false },
    proxy: { value: '', type: 'http proxy', required: false },
    concurrent: { value: 4, validate: wholeNumber(1, 16) },
    perMinute: { value: 0, validate: wholeNumber(0, 60_000) },
    keepDays: { value: 30, validate: wholeNumber(1, 3650) },
    keepMegabytes: { value: 256, validate: wholeNumber(1, 100_000) },
    timeWaitMinutes: { value: 10, validate: wholeNumber(0, 100_000) },
    fields: { value: [] },
  },
  credentials: { token: { type: 'password' } },
  label() {
    return this.name || 'databoom-config';
  },
  oneditprepare() {
    fillMissing(this, DATABOOM_CONFIG, 'node-config-input');
    prepareServerChoice();
  },
});
