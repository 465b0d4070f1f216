import type { Connection } from '../../storage';
import type { Boots } from './boots';
import type { Leases } from './leases';
import type { CounterTable } from './queue-counters';

/** What the operations of the outbox work on. */
export interface OutboxContext {
  readonly connection: Connection;
  readonly counters: CounterTable;
  readonly leases: Leases;
  readonly boots: Boots;
}
