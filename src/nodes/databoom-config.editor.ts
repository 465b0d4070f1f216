import { DATABOOM_CONFIG } from './common/settings';
import { fillMissing } from './editor/form';
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
