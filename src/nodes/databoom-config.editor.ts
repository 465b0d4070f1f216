import { DATABOOM_CONFIG, TEST_DATABOOM, type DataboomAnswer } from './contract';
import {
  noteQueue,
  openWrongFolds,
  prepareConnectionTest,
  prepareServerChoice,
  prepareSignalList,
  prepareStationKey,
  readFieldList,
  showSettings,
  validateServerUrl,
  wholeNumber,
} from './editor/dialogs';
import { element } from './editor/elements';

let endTest = () => {};

RED.nodes.registerType<typeof DATABOOM_CONFIG>('databoom-config', {
  category: 'config',
  paletteLabel: 'databoom account',
  defaults: {
    version: { value: DATABOOM_CONFIG.version },
    name: { value: '' },
    server: { value: 'here' },
    station: { value: '', type: 'station-config', required: false },
    url: { value: '', validate: validateServerUrl },
    account: { value: '' },
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
  credentials: { token: { type: 'password' } },
  label() {
    return this.name || 'databoom-config';
  },
  oneditprepare() {
    showSettings(this, DATABOOM_CONFIG, 'node-config-input');
    prepareServerChoice(this);
    prepareSignalList(this, this.fields);
    noteQueue(this);
    prepareStationKey(this, {
      input: 'node-config-input-token',
      resource: () => 'v1/signals/push',
    });
    endTest = prepareConnectionTest<typeof DATABOOM_CONFIG, DataboomAnswer>(this, {
      path: TEST_DATABOOM,
      shape: DATABOOM_CONFIG,
      secret: 'token',
      describe: ({ listingRefused }) => {
        if (listingRefused !== '') {
          const sentence = this._('databoom-config.test.unlisted');
          return { tone: 'unsure', sentence, more: [element('div', {}, listingRefused)] };
        }
        const isHere = $('#node-config-input-server').val() === 'here';
        return { sentence: this._(`databoom-config.test.${isHere ? 'here' : 'remote'}`) };
      },
    });
    openWrongFolds();
  },
  oneditsave() {
    endTest();
    this.version = DATABOOM_CONFIG.version;
    this.fields = readFieldList();
  },
  oneditcancel() {
    endTest();
  },
});
