/** What the page says of each endpoint beside what the code says: a test fails where one is missing or too many. */
import { MAX_FIELDS_PER_SOURCE } from '../../../src/station/store';
import { longestReading } from '../../../src/nodes/dht22-source/dialog';
import * as protocol from '../../../src/station/protocol/limits';
import * as receiver from '../../../src/station/receiver/limits';
import * as views from '../../../src/station/views/limits';

/** What an endpoint is for, and what bounds it. */
export interface Description {
  readonly does: string;
  readonly bound: string;
}

const one = (does: string, bound: string): Description => ({ does, bound });

const PAGE = 'one page of a list';
const COUNT = 'one destination, the readings that are named';
const QUEUE = 'one destination';
const STREAM = 'as fast as it is taken; ends after 30 s without progress';

/** Of the editor, by `METHOD /path`. A JSON body has at most 5 MB there (`apiMaxLength`), which Node-RED bounds. */
export const EDITOR: Readonly<Record<string, Description>> = {
  'GET /sensorpost/outbox': one('state of all queues', 'one answer for all'),
  'GET /sensorpost/outbox/refused': one('list of refused readings', PAGE),
  'GET /sensorpost/outbox/reading': one('content of a refused reading', 'one reading, cut where it is long'),
  'GET /sensorpost/outbox/export-refused': one('refused readings as a file', STREAM),
  'GET /sensorpost/outbox/export-all': one('all readings of a queue as a file', STREAM),
  'POST /sensorpost/outbox/import-try': one(
    'what a file of readings has',
    'read in pieces; one import at a time',
  ),
  'POST /sensorpost/outbox/import': one(
    'takes a file of readings into a queue',
    'the bounds of the queue; one import at a time',
  ),
  'POST /sensorpost/outbox/retry-now': one('ends a pause', QUEUE),
  'POST /sensorpost/outbox/pause': one('pauses a queue', QUEUE),
  'POST /sensorpost/outbox/resume': one('continues a queue', QUEUE),
  'POST /sensorpost/outbox/retry': one('sends refused readings again', COUNT),
  'POST /sensorpost/outbox/retry-all': one('sends all refused readings again', QUEUE),
  'POST /sensorpost/outbox/discard': one('deletes refused readings', COUNT),
  'POST /sensorpost/outbox/discard-all': one('deletes all refused readings', QUEUE),
  'POST /sensorpost/outbox/clear': one('deletes a queue', 'one destination that no config node leads to'),
  'POST /sensorpost/outbox/reassign': one(
    'gives a queue to another destination',
    'the bounds of the other queue',
  ),
  'POST /sensorpost/senio/test': one('asks a Senio server, with a stored or typed key', '15 s'),
  'POST /sensorpost/databoom/test': one('asks a Databoom server, with a stored or typed token', '15 s'),
  'POST /sensorpost/dht22/read': one(
    'reads a sensor',
    `one at a time, ${longestReading(1)} s and more for a median`,
  ),
  'POST /sensorpost/dht22/pins': one('the pins and the sensors of the kernel', 'one start of the helper'),
  'POST /sensorpost/camera/try': one('takes a picture', 'one at a time, 300 s'),
  'POST /sensorpost/cameras': one(
    'lists cameras',
    'one listing for all who ask, 15 s; ends with the last of them',
  ),
  'GET /sensorpost/outbox/sent': one('what was sent in the last day', '2,000 readings of a queue'),
  'POST /sensorpost/outbox/edit': one('gives a refused reading another content', '40,000 characters'),
  'POST /sensorpost/outbox/export-chosen': one(
    'chosen refused readings as a file',
    '1,000 ids; ends after 30 s without progress',
  ),
  'POST /sensorpost/station/exposure': one(
    'whether others reach the page and nothing protects it',
    'none is needed',
  ),
  'POST /sensorpost/station/password': one('makes the hash of a password to look with', '200 characters'),
  'GET /sensorpost/station': one("where the station's page is", 'none is needed'),
};

/** Of the station, with methods and credential, which the code is asked for. */
export interface StationDescription extends Description {
  /** As the page shows it. */
  readonly path: string;
  /** As a request asks it. */
  readonly example: string;
  readonly methods: string;
  readonly credential: string;
}

const megabytes = (bytes: number) => `${bytes / 2 ** 20} MB`;

const KEY = 'key of the sensor (`senio-config`)';
const TOKEN = 'token of an account (`databoom-config`)';
const LOOK = 'whoever may look';
const NONE = 'none';
const READ = 'GET, HEAD';

const BODY =
  `${megabytes(receiver.MAX_REQUEST_BYTES)}, JSON ${megabytes(receiver.MAX_JSON_BYTES)} and ${receiver.MAX_JSON_DEPTH} levels, ` +
  `${receiver.INACTIVITY_MS / 1000} s without progress; ${receiver.MAX_BODIES} at a time, half of them of one address`;
const PICTURES = `${views.MAX_OPEN_PICTURES} at a time, half of them of one address`;

function station(
  path: string,
  methods: string,
  credential: string,
  { does, bound }: Description,
  example = path,
): StationDescription {
  return { path, methods, credential, does, bound, example };
}

export const STATION: readonly StationDescription[] = [
  station(
    'publish/SENSOR',
    'GET, HEAD, POST',
    KEY,
    one('fields of a sensor; takes a measurement', `${BODY}; ${MAX_FIELDS_PER_SOURCE} fields`),
    'publish/rpi',
  ),
  station('v1/signals/push', 'POST', TOKEN, one('takes values', BODY)),
  station(
    'v1/signals/push/UNIQUE',
    'POST',
    TOKEN,
    one('takes values of the template form', BODY),
    'v1/signals/push/id',
  ),
  station('v1/signals', READ, TOKEN, one('list of signals', `${receiver.MAX_SIGNALS_PER_PAGE} in a page`)),
  station(
    'v1/chart',
    'POST',
    TOKEN,
    one(
      'values of signals',
      `${receiver.MAX_CHART_SIGNALS} signals, ${receiver.MAX_CHART_SCAN.toLocaleString('en')} values read, ${receiver.MAX_CHARTS} at a time`,
    ),
  ),
  station(
    'login',
    'POST',
    'the password to look with',
    one('signs a browser in', 'slowed for an address after some wrong passwords'),
    'login',
  ),
  station('logout', 'POST', NONE, one('signs a browser out', 'one session'), 'logout'),
  station('/', READ, LOOK, one('the page', 'one file'), ''),
  station('assets/FILE', READ, LOOK, one("the page's own files", 'those that were built'), 'assets/main.js'),
  station('api/sources', READ, LOOK, one('all sensors and devices', 'those that are kept')),
  station('api/series', READ, LOOK, one('numbers of a range', `${views.MAX_POINTS} points`)),
  station('api/texts', READ, LOOK, one('texts of a range', `${views.MAX_COUNT} in a list`)),
  station('api/pictures', READ, LOOK, one('list of pictures', `${views.MAX_COUNT} in a list`)),
  station(
    'api/download',
    READ,
    LOOK,
    one(
      'everything of a source as a file',
      `${views.MAX_DOWNLOADS} at a time, ${views.MAX_DOWNLOADS_PER_ADDRESS} of one address`,
    ),
  ),
  station(
    'api/live',
    READ,
    LOOK,
    one(
      'new measurements as they come',
      `${views.MAX_LISTENERS} at a time, ${views.MAX_LISTENERS_PER_ADDRESS} of one address`,
    ),
  ),
  station('pictures/ID', READ, LOOK, one('a picture', PICTURES), 'pictures/x'),
  station(
    'pictures/ID/thumbnail',
    READ,
    LOOK,
    one('a small picture', `${PICTURES}; made one at a time, ${views.MAX_HELD_BYTES / 2 ** 20} MB of memory`),
    'pictures/x/thumbnail',
  ),
];

/** Of all answers of the station together. */
export const UNTAKEN = megabytes(protocol.MAX_UNTAKEN_BYTES);
