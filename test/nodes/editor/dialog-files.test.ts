/** What the built dialogs are made of. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const ROOT = join(__dirname, '../../..');
const NODES: readonly string[] = Object.values(
  JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))['node-red'].nodes,
);
const STYLESHEETS = ['', 'node-red-4/node_modules/'].map(
  (owner) => `node_modules/${owner}@node-red/editor-client/public/red/style.min.css`,
);

/** Properties of CSS and SVG that may hold a colour. */
const COLOURED =
  /(?<![\w-])(?:[\w-]*color|fill|stroke|background|border(?:-(?:top|right|bottom|left))?|outline|box-shadow|text-shadow)\s*:\s*([^;}"]+)/g;
/** What may be said there without one. */
const COLOURLESS = /^(?:none|transparent|inherit|currentcolor|solid|dashed|\d[\w.]*|!important)$/i;
const VARIABLE = /var\((--red-ui-[\w-]+)\)/g;
/** A colour as it is written out, wherever; "#name" is an id. */
const LITERAL =
  /#(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})(?![\w-])|\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch|color)a?\(/i;

describe('nodes: the built dialogs', () => {
  const stylesheets = STYLESHEETS.map((path) => readFileSync(join(ROOT, path), 'utf8'));

  for (const node of NODES) {
    const html = readFileSync(join(ROOT, node.replace(/js$/, 'html')), 'utf8');
    const page = basename(node, '.js');

    it(`${page} takes every colour from the editor's theme`, () => {
      // The one colour that Node-RED wants written out: that of the node in the palette.
      const rest = html.replace(/\bcolor: "#[\da-f]{6}",/, '');
      assert.equal(LITERAL.exec(rest), null);
      const values = [...rest.matchAll(COLOURED)].map(([, value = '']) => value.trim());
      assert(values.length > 3);
      for (const value of values) {
        const words = value.replaceAll(VARIABLE, '').split(/\s+/).filter(Boolean);
        for (const word of words) assert.match(word, COLOURLESS, value);
      }
    });

    it(`${page} uses variables that both versions of Node-RED have`, () => {
      for (const [, name] of html.matchAll(VARIABLE)) {
        for (const stylesheet of stylesheets) assert(stylesheet.includes(`${name}:`), name);
      }
    });
  }
});
