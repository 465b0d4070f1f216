import { STATION_CONFIG } from './contract';
import {
  hasSecret,
  named,
  noteExposure,
  preparePassword,
  showSectionFor,
  showSettings,
  watchSecrets,
} from './editor/dialogs';

watchSecrets('station-config', { name: 'passwordHash' });

let endPassword = () => {};

RED.nodes.registerType<typeof STATION_CONFIG>('station-config', {
  category: 'config',
  paletteLabel: 'station settings',
  defaults: {
    version: { value: STATION_CONFIG.version },
    name: { value: '' },
    access: {
      value: 'everyone',
      validate: named('station-config.label.access', function validate(value, _options) {
        const isRight = value !== 'password' || hasSecret(this, 'passwordHash');
        return isRight || this._('station-config.error.noPassword');
      }),
    },
  },
  credentials: { passwordHash: { type: 'password' } },
  label() {
    return this.name || this._(`station-config.access.${this.access}`);
  },
  oneditprepare() {
    showSettings(this, STATION_CONFIG, 'node-config-input');
    showSectionFor('#node-config-input-access', '.sensorpost-access-password', ['password']);
    endPassword = preparePassword(this);
  },
  oneditsave() {
    endPassword();
    this.version = STATION_CONFIG.version;
  },
  oneditcancel() {
    endPassword();
  },
});

noteExposure((key, values) => RED.nodes.getType('station-config')._(key, values));
