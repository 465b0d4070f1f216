/** What the editor says of nodes that are not set up: which field it is, and what to do. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { ROOT, startNodeRed, VERSIONS, type FlowNode, type NodeRed } from '../node-red/support';
import { openEditor, type Editor, type Look } from './editor';
import { closePages, keepScreenshot, startBrowser } from './support';

const TYPES = [
  'senio-config',
  'senio-publish',
  'databoom-config',
  'databoom-publish',
  'databoom-in',
  'dht22-in',
  'picamera-in',
  'station-in',
  'station-config',
] as const;

/** What people may enter by mistake, or a program may have put into a flow. */
const ODD_VALUES = [
  '',
  ' ',
  '-1',
  '1e9',
  'x',
  '$[',
  '"',
  'ftp://host',
  '_ADD_',
  'nobody',
  'password',
  -1,
  1.5,
  true,
];

const AWAY = { server: 'custom', url: 'http://127.0.0.1:9' };
/** Config nodes without what their server needs, and how the reason begins. */
const WITHOUT_SECRET = [
  { id: 'sensor', user: 'to senio', name: 'key', begins: { en: 'Device key: ', de: 'Schlüssel: ' } },
  { id: 'account', user: 'to databoom', name: 'token', begins: { en: 'Token: ', de: 'Token: ' } },
] as const;

const FLOWS: readonly FlowNode[] = [
  { id: 'flow', type: 'tab', label: 'flow' },
  { id: 'to senio', type: 'senio-publish', z: 'flow', config: 'sensor', x: 200, y: 100, wires: [] },
  { id: 'to attic', type: 'senio-publish', z: 'flow', config: 'attic', x: 200, y: 220, wires: [] },
  {
    id: 'to databoom',
    type: 'databoom-publish',
    z: 'flow',
    config: 'account',
    device: 'D1',
    x: 200,
    y: 160,
    wires: [],
  },
  { id: 'sensor', type: 'senio-config', ...AWAY, sensor: 'rpi' },
  { id: 'account', type: 'databoom-config', ...AWAY },
  { id: 'attic', type: 'senio-config', ...AWAY, sensor: 'attic', credentials: { key: 'k1' } },
];

const LAPTOP = { width: 1366, height: 768 };
/** Node-RED 4.1 has no dark theme. */
const LOOKS = [
  { theme: 'dark', viewport: LAPTOP, language: 'de' },
  { theme: 'light', viewport: LAPTOP, language: 'en' },
] as const;

interface Found {
  readonly property: string;
  readonly reason: unknown;
}

/** Has each validator of a type look at each of the values, in the page. */
function findReasons(page: Page, type: string): Promise<readonly Found[]> {
  return page.evaluate(`(() => {
    const definition = RED.nodes.getType(${JSON.stringify(type)});
    const found = [];
    for (const list of [definition.defaults, definition.credentials ?? {}])
      for (const [property, { validate }] of Object.entries(list)) {
        for (const value of validate ? ${JSON.stringify(ODD_VALUES)} : []) {
          const kinds = Object.fromEntries(Object.keys(definition.defaults)
            .filter((name) => name.endsWith('Type')).map((name) => [name, 'jsonata']));
          for (const mode of ['device', 'template']) {
            const node = { ...kinds, _: definition._, id: 'odd', type: definition.type, server: 'custom', mode,
              credentials: {}, autofocus: 'auto', whiteBalance: 'auto' };
            const reason = validate.call(node, value, {});
            if (reason !== true) found.push({ property, reason });
          }
        }
      }
    return found;
  })()`);
}

/** The labels of a type in a language. */
function labelsOf(language: string, type: string): readonly string[] {
  return [type, 'common'].flatMap((name) => {
    const file = join(ROOT, 'locales', language === 'en' ? 'en-US' : language, `${name}.json`);
    const catalogue: Record<string, { label?: Record<string, string> }> = JSON.parse(
      readFileSync(file, 'utf8'),
    );
    return Object.values(catalogue[name]?.label ?? {});
  });
}

for (const [index, version] of VERSIONS.entries()) {
  const look: Look = LOOKS[index] ?? assert.fail();
  const language = look.language === 'de' ? 'de' : 'en';

  describe(`what is wrong with nodes, in ${version.name}, in ${language}`, () => {
    let browser: Browser;
    let nodeRed: NodeRed;
    let editor: Editor;
    let page: Page;

    before(async function () {
      const started = await startBrowser();
      if (!started) {
        this.skip();
        return;
      }
      browser = started;
      nodeRed = await startNodeRed(version);
      await nodeRed.deploy(FLOWS);
      editor = await openEditor(browser, nodeRed, look);
      ({ page } = editor);
    });
    after(async () => {
      await closePages(browser);
      await nodeRed?.stop();
    });

    /** Resolves when the editor finds a node right or wrong. */
    const becomes = (id: string, isValid: boolean) =>
      page.waitForFunction(
        `typeof RED !== 'undefined' && RED.nodes?.node?.(${JSON.stringify(id)})?.valid === ${isValid}`,
      );

    for (const type of TYPES) {
      it(`begins with the label of a field, for each field of ${type}`, async () => {
        const labels = labelsOf(language, type);
        for (const { property, reason } of await findReasons(page, type)) {
          assert(typeof reason === 'string', `${property} has no reason`);
          const isNamed = labels.some(
            (label) => reason.startsWith(`${label}: `) || reason.startsWith(`${label} (`),
          );
          assert(isNamed, `${property}: ${reason}`);
          // A key of a catalogue in place of its text, or a value that is missing in the text.
          assert.doesNotMatch(reason, /\w+\.error\.|__\w+__/, property);
        }
      });
    }

    for (const { id, user, name, begins } of WITHOUT_SECRET) {
      it(`names the missing ${name} of ${id} before any deploy, until there is one`, async () => {
        await becomes(id, false);
        await becomes(user, false);
        const [why = ''] = await editor.reasonsOf(id);
        assert(why.startsWith(begins[language]), why);
        const [whyUser = ''] = await editor.reasonsOf(user);
        assert(whyUser.includes(why), whyUser);
        await page
          .locator(`.red-ui-flow-node-group[id="${user}"] .red-ui-flow-node-error > *`)
          .dispatchEvent('mouseenter');
        await page.getByText(why).first().waitFor();
        await keepScreenshot(page, `missing-${name}-${index}`);

        await editor.open(id);
        await page.waitForSelector(`#node-config-input-${name}.input-error`);
        await page.selectOption('#node-config-input-server', 'here');
        await page.waitForSelector(`#node-config-input-${name}:not(.input-error)`);
        await page.selectOption('#node-config-input-server', 'custom');
        await page.waitForSelector(`#node-config-input-${name}.input-error`);
        assert((await editor.reasonAt(`#node-config-input-${name}`)).startsWith(begins[language]));
        await keepScreenshot(page, `missing-${name}-dialog-${index}`);
        await page.fill(`#node-config-input-${name}`, 'secret');
        await page.keyboard.press('Tab');
        await page.waitForSelector(`#node-config-input-${name}:not(.input-error)`);
        await editor.close();
        await becomes(id, true);
        await becomes(user, true);
      });
    }

    it('knows after a deploy, and of a key that was deployed before, that there is one', async () => {
      await editor.deploy();
      for (const id of ['sensor', 'account', 'attic', 'to senio', 'to attic']) {
        await page.evaluate(`RED.editor.validateNode(RED.nodes.node(${JSON.stringify(id)}))`);
        assert.deepEqual(await editor.reasonsOf(id), [], id);
      }
      await page.reload();
      await becomes('attic', true);
      await becomes('to attic', true);
    });

    it('sees that a flow was imported without its key', async () => {
      const imported = [{ id: 'imported', type: 'senio-config', ...AWAY, sensor: 'shed' }];
      await page.evaluate(`RED.nodes.import(${JSON.stringify(imported)})`);
      await becomes('imported', false);
    });

    it('sees that a station was imported without the password to look with', async () => {
      const imported = [{ id: 'imported station', type: 'station-config', access: 'password' }];
      await page.evaluate(`RED.nodes.import(${JSON.stringify(imported)})`);
      await becomes('imported station', false);
    });

    it('leaves no error on the console', () => assert.deepEqual(editor.errors, []));
  });
}
