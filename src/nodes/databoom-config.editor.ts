import { DATABOOM_CONFIG, readSettings, TEST_DATABOOM, type DataboomAnswer } from './contract';
import {
  DESTINATION,
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
  STATION_REFERENCE,
  storedSecret,
  watchSecrets,
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
    station: STATION_REFERENCE,
    url: DESTINATION.url,
    account: { value: '' },
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
