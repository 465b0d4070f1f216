import type * as Outbox from '../../outbox';
import type * as Station from '../../station';

// Rooms that the first who needs them loads: what only reads sensors starts without them.

export function loadOutboxRoom(): typeof Outbox {
  return require('../../outbox');
}

export function loadStationRoom(): typeof Station {
  return require('../../station');
}
