import { addOutboxSidebar } from './editor/sidebar';

RED.plugins.registerPlugin('sensorpost-outbox', {
  type: 'sensorpost-sidebar',
  onadd() {
    addOutboxSidebar((key, values) => this._(key, values));
  },
});
