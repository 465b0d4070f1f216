/** The part of the Node-RED editor's API that the package uses, as its documentation describes it. Types alone. */
export type { AnyNode, EditedNode, InputValue, NodeDefinition, RequestFailure, TypedInputKind } from './red';
export type { AjaxOptions, Notification, SidebarApi, Translate } from './sidebar-api';
