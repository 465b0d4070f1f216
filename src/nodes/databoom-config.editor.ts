import { DATABOOM_CONFIG, readSettings, TEST_DATABOOM, type DataboomAnswer } from './contract';
import {
  KEPT_MEGABYTES,
  named,
  noteQueue,
  openWrongFolds,
  placeLabel,
  prepareConnectionTest,
  prepareServerChoice,
  prepareSignalList,
  prepareStationKey,
  readFieldList,
  secretInput,
  showSettings,
  storedSecret,
  validateOptionalConfig,
  validateServerUrl,
  watchSecrets,
  wholeNumber,
  type SecretField,
} from './editor/dialogs';
import { element } from './editor/elements';

const TOKEN: SecretField = { name: 'token', label: 'databoom-config.label.token' };

watchSecrets('databoom-config', TOKEN);

let endTest = () => {};

RED.nodes.registerType<typeof DATABOOM_CONFIG>('databoom-config', {
  category: 'config',
  paletteLabel: 'databoom account',
  defaults: {
    version: { value: DATABOOM_CONFIG.version, validate: storedSecret(TOKEN) },
    name: { value: '' },
    server: { value: 'here' },
    station: { value: '', type: 'station-config', required: false },
    url: { value: '', validate: named('common.label.url', validateServerUrl) },
    account: { value: '' },
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
    retryRefusedHours: {
      value: 0,
      validate: named('common.label.retryRefused', wholeNumber(0, 168)),
    },
    fields: { value: [] },
  },
  credentials: { token: { type: 'password', validate: secretInput(TOKEN) } },
  label() {
    if (this.name) return this.name;
    const { account, server, url } = readSettings(DATABOOM_CONFIG, this);
    // An account has a name of its own at servers alone.
    const own = server === 'here' ? '' : account.trim();
    const name = own || this._('databoom-config.unnamed');
    return placeLabel(this, { name, server, url, cloud: 'api.databoom.com' });
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
