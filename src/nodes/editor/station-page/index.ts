/** The ways from the editor to the station's page: links in dialogs and in the sidebar, and those in comments of flows. */
export { openStationFromComments } from './comments';
export { createStationButton, prepareStationButton } from './button';
export { findStation } from './address';
