/** The part of the Node-RED editor's API that the sidebar uses, as its documentation describes it. */

/** Gives the text of a key of a node's or a plugin's catalogue, with `__NAME__` in it replaced by values. */
export type Translate = (key: string, values?: Readonly<Record<string, string | number>>) => string;

/** A plugin; the editor adds the translator of its catalogue. */
export interface Plugin {
  type: string;
  onadd(this: Plugin & { readonly _: Translate }): void;
}

/** A tab of the sidebar. */
export interface SidebarTab {
  id: string;
  label: string;
  name: string;
  iconClass: string;
  content: HTMLElement;
  /** Whether it can be used while a dialog is open. */
  enableOnEdit: boolean;
  /** Called just before it is shown. */
  onchange(): void;
}

/** A message at the top of the editor. */
export interface Notification extends HTMLElement {
  close(): void;
}

interface NotificationOptions {
  type?: 'success' | 'warning' | 'error';
  timeout?: number;
  modal?: boolean;
  fixed?: boolean;
  /** The editor takes their texts for HTML. */
  buttons?: readonly { text: string; class?: string; click: () => void }[];
}

/** What the sidebar needs and the dialogs do not. */
export interface SidebarApi {
  _(key: string): string;
  readonly plugins: { registerPlugin(id: string, plugin: Plugin): void };
  readonly sidebar: { addTab(tab: SidebarTab): void; show(id: string): void };
  readonly actions: { add(name: string, action: () => void): void };
  readonly comms: {
    subscribe(topic: string, callback: () => void): void;
    on(event: 'connect', callback: () => void): void;
  };
  readonly i18n: { lang(): string };
  readonly user: { hasPermission(permission: string): boolean };
  readonly utils: { getNodeLabel(node: object, fallback: string): string };
  readonly editor: { editConfig(name: string, type: string, id: string): void };
  /** With an element, because the editor takes a string for HTML. */
  notify(message: HTMLElement, options: NotificationOptions): Notification;
}

/** A request; the editor adds the user's token where the address is relative. */
export interface AjaxOptions {
  url: string;
  method: 'GET' | 'POST';
  cache: boolean;
  dataType: 'json' | 'binary';
  data?: Readonly<Record<string, string | number>> | string | Blob;
  /** `false` sends `data` as it is. */
  processData?: boolean;
  contentType?: string;
  xhrFields?: { responseType: 'blob' };
  /** In milliseconds. */
  timeout?: number;
}
