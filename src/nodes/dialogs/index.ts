/** How questions of edit dialogs are answered: over the editor's HTTP server, with its permissions. */
export { withinTime, type DialogTime } from './time-limit';
export { answerDialog, dialogSettings, expandVariable } from './dialog';
export { offerStationPage } from './station-page';
