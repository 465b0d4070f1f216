import { STATION_PAGE, type StationPageAnswer } from '../../contract';

/** The station as a browser reaches it. */
export interface FoundStation {
  /** Its whole address, which ends with a slash. */
  readonly address: string;
  /** Whether a deployed node uses it, so that there is a page. */
  readonly isServed: boolean;
}

/** Asks where the station is. Undefined where nodes have no HTTP server, and where the runtime does not say. */
export async function findStation(): Promise<FoundStation | undefined> {
  try {
    const { address, isServed } = await $.ajax<StationPageAnswer>({
      url: STATION_PAGE,
      method: 'GET',
      cache: false,
      dataType: 'json',
    });
    if (address === '') return undefined;
    // The editor may come from another place than the runtime that it shows.
    const editor = new URL(RED.settings.apiRootUrl, document.baseURI);
    return { address: new URL(address, editor).href, isServed };
  } catch {
    // Without the permission or a connection, no way is shown.
    return undefined;
  }
}
