import { SENIO_CONFIG } from './common/settings';
import { fillMissing } from './editor/form';
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
