import type * as Outbox from '../../outbox';
import type * as Station from '../../station';

// Rooms that are loaded on first use: a Node-RED that does not need them starts faster.

export function loadOutboxRoom(): typeof Outbox {
  return require('../../outbox');
}

export function loadStationRoom(): typeof Station {
  return require('../../station');
}
