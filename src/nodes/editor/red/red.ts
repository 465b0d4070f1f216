/** The part of the Node-RED editor's API that the dialogs use, as its documentation describes it. */

import type { AjaxOptions, SidebarApi, Translate } from './sidebar-api';

/** The value of an input, as validators get it. */
export type InputValue = string | number | boolean | undefined;

/** A property of a node: its value in a new node, and how the editor validates it. */
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

/** What nodes of all types have. */
export interface AnyNode {
  readonly id: string;
  readonly type: string;
  /** Whether the user has disabled it. */
  readonly d?: boolean;
  /** Whether the editor finds it valid; undefined before it has validated it. */
  readonly valid?: boolean;
  /** Why it is not valid. */
  readonly validationErrors?: readonly string[];
  /**
   * The credentials that the editor holds: from the opening of the node's dialog, or its import with them, to the next
   * deploy. Of a password that is stored it has only that there is one, as `has_NAME`.
   */
  readonly credentials?: Readonly<Record<string, unknown>>;
  /** Of a config node: the nodes that refer to it. */
  readonly users?: readonly AnyNode[];
  /** Has the workspace draw the node anew, and as wide as its label needs. */
  dirty?: boolean;
  resize?: boolean;
}

/** A node as the editor holds it: its stored properties, and the translator of its catalogue. */
export type EditedNode<Shape> = Shape & AnyNode & { _(...parameters: Parameters<Translate>): string };

/** A credential of a node; the editor validates it in an open dialog alone. */
interface CredentialDefinition<Shape> {
  type: 'text' | 'password';
  validate?: PropertyDefinition<unknown, Shape>['validate'];
}

/** A node type's definition; the settings' shape is the one that the runtime reads. */
export interface NodeDefinition<Shape> {
  category: string;
  defaults: { [Name in keyof Shape]: PropertyDefinition<Shape[Name], Shape> };
  credentials?: Record<string, CredentialDefinition<Shape>>;
  color?: string;
  icon?: string;
  inputs?: 0 | 1;
  outputs?: 0 | 1;
  paletteLabel?: string;
  inputLabels?(this: EditedNode<Shape>): string;
  outputLabels?(this: EditedNode<Shape>): string;
  label(this: EditedNode<Shape>): string;
  labelStyle?(this: EditedNode<Shape>): string;
  oneditprepare?(this: EditedNode<Shape>): void;
  oneditsave?(this: EditedNode<Shape>): void;
  oneditcancel?(this: EditedNode<Shape>): void;
}

interface Editor extends SidebarApi {
  readonly nodes: {
    registerType<Shape>(type: string, definition: NodeDefinition<Shape>): void;
    node(id: string): AnyNode | null;
    /** A type's definition, with the translator of its catalogue. */
    getType(type: string): { readonly _: Translate };
    /** All nodes but config nodes. */
    eachNode(look: (node: AnyNode) => void): void;
    eachConfig(look: (node: AnyNode) => void): void;
    /** Says that there is something to deploy. */
    dirty(isDirty: boolean): void;
  };
  readonly editor: SidebarApi['editor'] & {
    /** What is being edited now, the topmost dialog last. */
    getEditStack(): readonly { readonly id?: string }[];
    validateNode(node: AnyNode): boolean;
  };
  readonly view: { redraw(): void };
  readonly events: {
    /** For each node that comes into the editor, by a load, an import, or the user, and for each that the user changes. */
    on(event: 'nodes:add' | 'nodes:change', handler: (node: AnyNode) => void): void;
    on(event: 'deploy' | 'flows:loaded', handler: () => void): void;
  };
  /** What the editor knows of its runtime. */
  readonly settings: {
    /** Where the runtime is; empty where that is the editor's own address. */
    readonly apiRootUrl: string;
  };
  readonly utils: SidebarApi['utils'] & {
    /** Validates the value of a typed input. @returns `true`, or the reason why it is wrong */
    validateTypedProperty(value: string, type: string): true | string;
  };
  readonly clipboard: {
    /** Copies a text where the browser allows it, and says so beside `element`. @param message a key of the editor's */
    copyText(text: string, element: EditorElement, message: string): boolean;
  };
}

interface EditorElement {
  val(): string | undefined;
  val(value: string): EditorElement;
  toggle(isVisible: boolean): EditorElement;
  on(event: string, handler: () => void): EditorElement;
  trigger(event: string): EditorElement;
  readonly length: number;
  typedInput(options: TypedInputOptions): EditorElement;
  typedInput(command: 'types', kinds: readonly TypedInputKind[]): EditorElement;
  editableList(options: ListOptions): EditorElement;
  editableList(command: 'addItem', item: object): EditorElement;
}

/** What a typed input offers: a kind that the editor knows, or one of its own, without a value. */
export type TypedInputKind =
  | string
  | { readonly value: string; readonly label: string; readonly hasValue: false };

/** Options of a typed input. */
interface TypedInputOptions {
  readonly default: string;
  readonly types: readonly TypedInputKind[];
  readonly typeField: string;
}

/** Options of a list whose items the user edits; `container` is the item's element, wrapped. */
interface ListOptions {
  readonly addButton: string;
  readonly removable: boolean;
  readonly sortable: boolean;
  readonly height: string | number;
  addItem(container: ArrayLike<HTMLElement>, index: number, item: object): void;
}

/** A request that failed, as jQuery reports it; `status` is 0 where there was no answer. */
export interface RequestFailure {
  readonly status: number;
  /** The answer, where it was JSON. */
  readonly responseJSON?: unknown;
}

declare global {
  const RED: Editor;
  const $: {
    (selector: string | HTMLElement): EditorElement;
    /** Adds the editor's login to requests with a relative address. */
    ajax<Answer>(options: AjaxOptions): PromiseLike<Answer> & { abort(): void };
  };
}
