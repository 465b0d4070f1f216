import { SENIO_CONFIG, TEST_SENIO, type SenioAnswer } from './contract';
import {
  fieldTable,
  noteQueue,
  openWrongFolds,
  prepareConnectionTest,
  prepareFieldList,
  prepareServerChoice,
  prepareStationKey,
  readFieldList,
  showSettings,
  validateConfigSensor,
  validateServerUrl,
  wholeNumber,
} from './editor/dialogs';

let endTest = () => {};

RED.nodes.registerType<typeof SENIO_CONFIG>('senio-config', {
  category: 'config',
  paletteLabel: 'senio sensor',
  defaults: {
    version: { value: SENIO_CONFIG.version },
    name: { value: '' },
    server: { value: 'here' },
    station: { value: '', type: 'station-config', required: false },
    url: { value: '', validate: validateServerUrl },
    sensor: { value: '', validate: validateConfigSensor },
    tls: { value: '', type: 'tls-config', required: false },
    proxy: { value: '', type: 'http proxy', required: false },
    concurrent: { value: 4, validate: wholeNumber(1, 16) },
    perMinute: { value: 0, validate: wholeNumber(0, 60_000) },
    keepDays: { value: 30, validate: wholeNumber(1, 3650) },
    keepMegabytes: { value: 256, validate: wholeNumber(1, 100_000) },
    timeWaitMinutes: { value: 10, validate: wholeNumber(0, 100_000) },
    retryRefusedHours: { value: 0, validate: wholeNumber(0, 168) },
    fields: { value: [] },
  },
  credentials: { key: { type: 'password' } },
  label() {
    return this.name || this.sensor || 'senio-config';
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
