import type { RefusedPageView, RefusedView } from '../../contract';
import type { Context } from './context';
import type { RefusedFilter } from './refused-filter';
import { look } from './requests';

/** The first readings of a refused list. */
export interface FirstReadings {
  readonly readings: readonly RefusedView[];
  readonly isLast: boolean;
}

/** Reads a refused list page by page. */
export interface RefusedPages {
  /**
   * The first readings that the filter leaves.
   * @param atLeast how many, where there are as many
   * @param count of a page
   * @returns undefined where they cannot be read, or a later call has made them unwanted
   */
  read(atLeast: number, count: number): Promise<FirstReadings | undefined>;
}

export function createRefusedPages(
  { notices }: Pick<Context, 'notices'>,
  destination: string,
  filter: Pick<RefusedFilter, 'values'>,
): RefusedPages {
  let newest = 0;

  async function read(atLeast: number, count: number): Promise<FirstReadings | undefined> {
    const call = (newest += 1);
    const readings: RefusedView[] = [];
    let isLast = false;
    for (let after = 0; !isLast && readings.length < atLeast;) {
      const page = await look<RefusedPageView>('/refused', { destination, after, count, ...filter.values() });
      if (call !== newest) return undefined;
      if (!page.ok) {
        notices.failed(page.problem);
        return undefined;
      }
      readings.push(...page.answer.readings);
      ({ isLast, next: after } = page.answer);
    }
    return { readings, isLast };
  }

  return { read };
}
