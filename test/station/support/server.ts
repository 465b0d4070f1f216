/** A station in a process of its own, for a test to kill. Argument: its folder. Prints its port. */
import { createServer } from 'node:http';
import { createStation } from '../../../src/station';
import { KEY, NOW } from './index';

const [folder = ''] = process.argv.slice(2);
const station = createStation({ folder, now: () => NOW, report: ({ message }) => console.error(message) });
station.registerSensor({ name: 'rpi', key: KEY });
const server = createServer(station.handle);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) console.log(address.port);
});
