import { addOutboxSidebar } from './editor/sidebar';
import { openStationFromComments } from './editor/station-page';
import type { Translate } from './editor/red';

RED.plugins.registerPlugin('sensorpost-outbox', {
  type: 'sensorpost-sidebar',
  onadd() {
    const translate: Translate = (key, values) => this._(key, values);
    addOutboxSidebar(translate);
    openStationFromComments(translate);
  },
});
