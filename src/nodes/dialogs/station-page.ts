import type { NodeAPI } from 'node-red';
import { serveEditor } from '../admin';
import { STATION_PAGE, type StationPageAnswer } from '../contract';
import { isStationServed, stationPageAddress } from '../runtime';

/** Tells editors where the station is. */
export function offerStationPage(RED: NodeAPI): void {
  const endpoint = { method: 'get', path: STATION_PAGE, permission: 'flows.read' } as const;
  serveEditor(RED, endpoint, (_request, response) => {
    const answer: StationPageAnswer = {
      ok: true,
      address: stationPageAddress(RED),
      isServed: isStationServed(RED),
    };
    response.json(answer);
  });
}
