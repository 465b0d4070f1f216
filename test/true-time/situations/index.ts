/** The situations in which the time of readings is simulated, each with numbers drawn from a seed. */
import type { Situation } from '../plan';
import { BOOTS } from './boots';
import { DAEMONS } from './daemons';
import { DELIVERIES } from './deliveries';
import { JUMPS } from './jumps';
import { USER_TIMES } from './user-times';

export const SITUATIONS: readonly Situation[] = [
  ...BOOTS,
  ...DAEMONS,
  ...JUMPS,
  ...USER_TIMES,
  ...DELIVERIES,
];
