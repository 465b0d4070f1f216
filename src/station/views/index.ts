/**
 * What pages and programs read: series, texts, pictures and thumbnails, downloads, live events, and the page itself.
 *
 * `api.ts` declares the answers. It is the one file of the station that the page imports beside this room's public
 * surface, because it holds types and code that run in a browser too.
 */
export { findShrinker } from './shrinker';
export type { Shrinker } from './thumbnails';
export { createViews, type Views, type ViewsOptions } from './views';
