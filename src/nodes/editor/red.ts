/** The part of the Node-RED editor's API that the dialogs use, as its documentation describes it. */

import type { AjaxOptions, SidebarApi } from './outbox/editor-api';

/** A value that a dialog judges, as its input gives it. */
export type InputValue = string | number | boolean | undefined;

/** A property of a node: its value in a new node, and how the editor judges it. */
export interface PropertyDefinition<Value, Shape> {
  value: Value;
  required?: boolean;
  /** The type of the config node that the property refers to. */
  type?: string;
  /**
   * `true`, or the reason why the value is wrong. It must take two parameters: from a validator that takes one, the
   * editor accepts no reason, and any text counts as true.
   */
  validate?: (this: EditedNode<Shape>, value: InputValue, options: object) => true | string;
}

/** A node as the editor holds it: its stored properties, and the translator of its catalogue. */
export type EditedNode<Shape> = Shape & { readonly id: string; _(key: string): string };

/** A node type's definition; the settings' shape is the one that the runtime reads. */
export interface NodeDefinition<Shape> {
  category: string;
  defaults: { [Name in keyof Shape]: PropertyDefinition<Shape[Name], Shape> };
  credentials?: Record<string, { type: 'text' | 'password' }>;
  color?: string;
  icon?: string;
  inputs?: 0 | 1;
  outputs?: 0 | 1;
  paletteLabel?: string;
  inputLabels?: string;
  outputLabels?: string;
  label(this: EditedNode<Shape>): string;
  labelStyle?(this: EditedNode<Shape>): string;
  oneditprepare?(this: EditedNode<Shape>): void;
}

interface Editor extends SidebarApi {
  readonly nodes: {
    registerType<Shape>(type: string, definition: NodeDefinition<Shape>): void;
    node(id: string): object | null;
  };
}

interface EditorElement {
  val(): string | undefined;
  val(value: string): EditorElement;
  toggle(isVisible: boolean): EditorElement;
  on(event: string, handler: () => void): EditorElement;
  readonly length: number;
  typedInput(options: { default: string; types: string[]; typeField: string }): EditorElement;
}

declare global {
  const RED: Editor;
  const $: {
    (selector: string): EditorElement;
    getJSON<Answer>(path: string): PromiseLike<Answer>;
    ajax<Answer>(options: AjaxOptions): PromiseLike<Answer>;
  };
}
