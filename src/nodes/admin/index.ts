/**
 * The editor's HTTP endpoints: the only way to serve one, so that each asks for a permission, refuses requests of other
 * websites and is kept by no cache.
 */
export { serveEditor, type AdminRequest, type AdminResponse, type Endpoint } from './endpoint';
export { refusalOf, type Trust } from './same-site';
