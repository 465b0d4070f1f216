/** Styles that a module brings along; the build puts them into the page. */
declare module '*.css';
