/** A module's styles; the build adds them to the page. */
declare module '*.css';
