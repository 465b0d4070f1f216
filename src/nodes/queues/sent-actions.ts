import { success } from '../../result';
import type { SentPageView } from '../contract';
import type { Runtime } from '../runtime';
import type { Answer } from './answers';
import { nameOfGroup } from './content';

/** What a user sees of what was sent. */
export interface SentActions {
  /** What the destination took in the last day, the newest first. @param count the most readings */
  readonly sent: (destination: string, count: number) => Answer<SentPageView>;
}

export function createSentActions({ sentHistory }: Pick<Runtime, 'sentHistory'>): SentActions {
  async function sent(destination: string, count: number): Answer<SentPageView> {
    const all = sentHistory.list(destination);
    const readings = all.slice(0, count).map(({ group, timestamp, sentAt, statusCode }) => ({
      device: nameOfGroup(destination, group),
      timestamp,
      sentAt,
      statusCode,
    }));
    return success({ readings, isLast: all.length <= count });
  }

  return { sent };
}
