/** Node-RED's editor in a browser, used as a person uses it: with mouse and keyboard. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { ROOT, type NodeRed } from '../node-red/support';
import { until } from '../support/waiting';
import { openPage } from './support';

/** How the editor is looked at. */
export interface Look {
  readonly theme: 'light' | 'dark';
  readonly viewport: { readonly width: number; readonly height: number };
  /** One that Node-RED's editor has; English where this is missing. */
  readonly language?: string;
}

const DAYLIGHT: Look = { theme: 'light', viewport: { width: 1400, height: 1000 } };

/** An open editor. */
export interface Editor {
  readonly page: Page;
  /** What went wrong on the page. */
  readonly errors: readonly string[];
  /** Drags a node from the palette to a place of the window. @returns its id */
  drag(type: string, x: number, y: number): Promise<string>;
  /** Draws a wire from one node's output to another's input. */
  wire(from: string, to: string): Promise<void>;
  /** Hides the palette and the sidebar. */
  hideSidebars(): Promise<void>;
  /** Shows a flow. */
  show(tab: string): Promise<void>;
  /** Opens the dialog of a node of the flow that is shown with a double click, or of a config node. */
  open(id: string): Promise<void>;
  /** Resolves when the topmost dialog, which has this input, is in its place and has the focus. */
  settle(input: string): Promise<void>;
  /** Closes the topmost dialog with its red button, or with Cancel. */
  close(how?: 'ok' | 'cancel'): Promise<void>;
  /** Presses Deploy and waits until the flows have started, and the editor knows. */
  deploy(): Promise<void>;
  /** A property of a node as the editor holds it. */
  valueOf(id: string, property: string): Promise<unknown>;
  /** Why the editor finds a node wrong. */
  reasonsOf(id: string): Promise<readonly string[]>;
  /** The reason that the editor shows for a wrong input, on which the mouse rests. */
  reasonAt(selector: string): Promise<string>;
  /** Takes the last change of a node back. */
  undo(): Promise<void>;
  /** What axe finds wrong in the open dialog, each with the elements. */
  findBarriers(rules?: Rules): Promise<readonly string[]>;
}

/** Rules of axe: those about colours take as long as all others together. */
export type Rules = 'all' | 'of colours' | 'but colours';

const OF_COLOURS = ['color-contrast', 'link-in-text-block'];

const RULES: Readonly<Record<Rules, object>> = {
  all: {},
  'of colours': { runOnly: { type: 'rule', values: OF_COLOURS } },
  'but colours': { rules: Object.fromEntries(OF_COLOURS.map((rule) => [rule, { enabled: false }])) },
};

/** A rule of each that has something to look at in every dialog, so that a dialog that axe does not see is noticed. */
const ALWAYS_LOOKED_AT: Readonly<Record<Rules, string>> = {
  all: 'color-contrast',
  'of colours': 'color-contrast',
  'but colours': 'label',
};

/** All nodes of all flows, in the page. */
const ALL_NODES = `(() => { const all = []; RED.nodes.eachNode((node) => { all.push(node); }); return all; })()`;

const DIALOG_BUTTONS = ['#node-config-dialog', '#node-dialog'];

/** Opens the editor of a Node-RED. */
export async function openEditor(
  browser: Browser,
  nodeRed: NodeRed,
  { theme, viewport, language = 'en-US' } = DAYLIGHT,
): Promise<Editor> {
  const { page, errors } = await openPage(browser, { viewport });
  // The user's choices are kept in the browser.
  await page.addInitScript(
    `localStorage.setItem('view-dark-theme', '${theme}'); localStorage.setItem('editor-language', '${language}')`,
  );
  await page.goto(nodeRed.url);
  await page.waitForSelector('[data-palette-type="dht22-in"]', { state: 'attached' });
  // Messages lie over the flow and the dialogs' buttons for seconds; trays take their time.
  await page.addStyleTag({
    content: '#red-ui-notifications { pointer-events: none } .red-ui-tray { transition: none !important }',
  });
  await page.addScriptTag({ path: join(ROOT, 'node_modules/axe-core/axe.min.js') });

  const placeOf = async (id: string, part: string) => {
    const box = await page.locator(`.red-ui-flow-node-group[id="${id}"] ${part}`).first().boundingBox();
    assert(box, `${id} has no ${part}`);
    return [box.x + box.width / 2, box.y + box.height / 2] as const;
  };

  /** Resolves when the topmost dialog is in its place; then the editor gives it the focus, and raises it at last. */
  async function settle(selector: string): Promise<void> {
    await page.waitForSelector(`${selector}:visible`);
    await page.waitForFunction(
      `(() => {
        const trays = [...document.querySelectorAll('.red-ui-tray')];
        const areInPlace = trays.every((tray) => parseInt(getComputedStyle(tray).right) >= 0);
        const isRaised = document.querySelector('#red-ui-editor-stack').style.zIndex === '13';
        return isRaised && areInPlace && trays[trays.length - 1].contains(document.activeElement);
      })()`,
    );
  }

  return {
    page,
    errors,
    settle,
    async drag(type, x, y) {
      await page.fill('#red-ui-palette-search input', type);
      const known = JSON.stringify(await page.evaluate(`${ALL_NODES}.map(({ id }) => id)`));
      await page.hover(`[data-palette-type="${type}"]`);
      await page.mouse.down();
      await page.mouse.move(x, y, { steps: 8 });
      await page.mouse.up();
      const added = await page.waitForFunction(`${ALL_NODES}.find(({ id }) => !${known}.includes(id))?.id`);
      return String(await added.jsonValue());
    },
    async wire(from, to) {
      await page.mouse.move(...(await placeOf(from, '.red-ui-flow-port-output')));
      await page.mouse.down();
      await page.mouse.move(...(await placeOf(to, '.red-ui-flow-port-input')), { steps: 8 });
      await page.mouse.up();
    },
    async hideSidebars() {
      await page.evaluate(
        `for (const side of ['palette', 'sidebar']) RED.actions.invoke('core:toggle-' + side)`,
      );
    },
    async show(tab) {
      await page.evaluate(`RED.workspaces.show(${JSON.stringify(tab)})`);
      // A search narrows the palette down for good.
      await page.fill('#red-ui-palette-search input', '');
    },
    async open(id) {
      const type: unknown = await page.evaluate(`RED.nodes.node(${JSON.stringify(id)}).type`);
      if (String(type).endsWith('-config')) {
        await page.evaluate(`RED.editor.editConfig('', ${JSON.stringify(type)}, ${JSON.stringify(id)})`);
        await settle('#node-config-input-name');
      } else {
        const dialogs = page.locator('.red-ui-tray');
        const before = await dialogs.count();
        // The editor takes two clicks for a double click within 650 ms alone, and a busy machine may need longer.
        await until(`the dialog of ${id}`, async () => {
          await page.mouse.dblclick(...(await placeOf(id, '.red-ui-flow-node-label')));
          return (await dialogs.count()) > before;
        });
        await settle('#node-input-name');
      }
    },
    async close(how = 'ok') {
      for (const dialog of DIALOG_BUTTONS) {
        const button = page.locator(`${dialog}-${how}:visible`);
        if ((await button.count()) === 0) continue;
        await button.click();
        await button.waitFor({ state: 'detached' });
        return;
      }
      assert.fail('no dialog is open');
    },
    async deploy() {
      const before = nodeRed.log().split('Started ').length;
      await page.click('#red-ui-header-button-deploy');
      await nodeRed.until(() => nodeRed.log().split('Started ').length > before);
      // While the editor waits for the answer the button is disabled too.
      await page.waitForSelector('.red-ui-deploy-button-spinner', { state: 'hidden' });
      await page.waitForSelector('#red-ui-header-button-deploy.disabled');
    },
    valueOf: (id, property) =>
      page.evaluate(`RED.nodes.node(${JSON.stringify(id)})[${JSON.stringify(property)}]`),
    reasonsOf: (id) => page.evaluate(`RED.nodes.node(${JSON.stringify(id)}).validationErrors`),
    async reasonAt(selector) {
      await page.mouse.move(1, 1);
      await page.waitForSelector('.red-ui-popover', { state: 'detached' });
      await page.hover(selector);
      return page.innerText('.red-ui-popover');
    },
    async undo() {
      await page.evaluate(`RED.actions.invoke('core:undo')`);
    },
    async findBarriers(rules = 'all') {
      // The editor has colours of its own for the button under the mouse.
      await page.mouse.move(1, 1);
      await page.evaluate('document.activeElement.blur()');
      // axe takes the editor for invisible, because its page has no height and hides what overflows it.
      await page.addStyleTag({ content: 'html, body { height: 100% !important; }' });
      const found: { violations: { id: string; nodes: { html: string }[] }[]; passes: { id: string }[] } =
        // What passes is named once each: a selector for every element would take half of the time.
        await page.evaluate(
          `axe.run('.red-ui-tray:last-of-type .sensorpost-form', ${JSON.stringify({ resultTypes: ['violations'], ...RULES[rules] })})`,
        );
      assert(
        found.passes.some(({ id }) => id === ALWAYS_LOOKED_AT[rules]),
        'axe saw nothing',
      );
      return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    },
  };
}

/** Opens each folded section of the open dialogs. */
export async function unfoldAll(page: Page): Promise<void> {
  await page.evaluate(
    `for (const fold of document.querySelectorAll('.sensorpost-fold')) fold.setAttribute('open', '')`,
  );
}
