import { readSettings, SENIO_CONFIG, TEST_SENIO, type SenioAnswer } from './contract';
import {
  DESTINATION,
  fieldTable,
  named,
  noteQueue,
  openWrongFolds,
  placeLabel,
  prepareConnectionTest,
  prepareFieldList,
  prepareServerChoice,
  prepareStationKey,
  readFieldList,
  redrawUsers,
  secretInput,
  showSettings,
  STATION_REFERENCE,
  storedSecret,
  validateConfigSensor,
  watchSecrets,
  type SecretField,
} from './editor/dialogs';

const KEY: SecretField = { name: 'key', label: 'senio-config.label.key' };

watchSecrets('senio-config', KEY);
redrawUsers('senio-config');

let endTest = () => {};

RED.nodes.registerType<typeof SENIO_CONFIG>('senio-config', {
  category: 'config',
  paletteLabel: 'senio sensor',
  defaults: {
    version: { value: SENIO_CONFIG.version, validate: storedSecret(KEY) },
    name: { value: '' },
    server: { value: 'here' },
    station: STATION_REFERENCE,
    url: DESTINATION.url,
    sensor: { value: '', validate: named('senio-config.label.sensor', validateConfigSensor) },
    tls: DESTINATION.tls,
    proxy: DESTINATION.proxy,
    concurrent: DESTINATION.concurrent,
    perMinute: DESTINATION.perMinute,
    keepDays: DESTINATION.keepDays,
    keepMegabytes: DESTINATION.keepMegabytes,
    timeWaitMinutes: DESTINATION.timeWaitMinutes,
    retryRefusedHours: DESTINATION.retryRefusedHours,
    fields: { value: [] },
  },
  credentials: { key: { type: 'password', validate: secretInput(KEY) } },
  label() {
    if (this.name) return this.name;
    const { sensor, server, url } = readSettings(SENIO_CONFIG, this);
    // A key that serves many sensors belongs to none of them.
    const name = sensor.trim() || this._('senio-config.unnamed');
    return placeLabel(this, { name, server, url, cloud: 'Senio' });
  },
  oneditprepare() {
    showSettings(this, SENIO_CONFIG, 'node-config-input');
    prepareServerChoice(this);
    prepareFieldList(this, this.fields);
    noteQueue(this);
    prepareStationKey(this, {
      input: 'node-config-input-key',
      resource: () =>
        `publish/${encodeURIComponent(String($('#node-config-input-sensor').val() ?? '').trim())}`,
    });
    endTest = prepareConnectionTest<typeof SENIO_CONFIG, SenioAnswer>(this, {
      path: TEST_SENIO,
      shape: SENIO_CONFIG,
      secret: 'key',
      describe: ({ name, fields }) => {
        const isHere = $('#node-config-input-server').val() === 'here';
        const count = fields.length === 0 ? 'none' : 'some';
        const sentence = this._(`senio-config.test.${isHere ? 'here' : 'remote'}.${count}`, { name });
        return { sentence, more: fields.length === 0 ? [] : [fieldTable(this, fields)] };
      },
    });
    openWrongFolds();
  },
  oneditsave() {
    endTest();
    this.version = SENIO_CONFIG.version;
    this.fields = readFieldList();
  },
  oneditcancel() {
    endTest();
  },
});
