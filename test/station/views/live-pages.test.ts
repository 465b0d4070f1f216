import assert from 'node:assert/strict';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { mock } from 'node:test';
import type { MeasurementEvents, NewMeasurement } from '../../../src/station/events';
import { createLiveEvents, type LiveEvents } from '../../../src/station/views/live';
import { NOW } from '../support/index';

/** What a page may leave unread, in bytes. */
const MOST_UNREAD = 2 ** 18;

/** From one event to the next, in milliseconds. */
const PAUSE_MS = 300;

/** A page that is connected, as the station sees it. */
class Page extends ServerResponse {
  text = '';
  override writableLength = 0;

  constructor() {
    super(new IncomingMessage(new Socket()));
  }

  override write(chunk: unknown): boolean {
    this.text += String(chunk);
    return true;
  }
}

/** A page goes away. */
async function close(page: Page): Promise<void> {
  page.emit('close');
  await new Promise(setImmediate);
}

describe('The pages that live events are sent to', () => {
  let live: LiveEvents;
  let measure: (measurement: NewMeasurement) => void;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
    measure = () => {};
    const events: MeasurementEvents = {
      subscribe: (listener) => {
        measure = listener;
        return () => (measure = () => {});
      },
      hasSubscribers: true,
      emit: () => {},
    };
    live = createLiveEvents(events);
  });
  afterEach(() => mock.timers.reset());

  function open(): Page {
    const page = new Page();
    const answer = live.answer({ socket: new Socket() });
    assert('stream' in answer);
    void answer.stream(page);
    return page;
  }

  function measured(temp: number): void {
    measure({ kind: 'sensor', name: 'rpi', timestamp: NOW + temp, fields: new Map([['temp', temp]]) });
  }

  it('get a line at once, which tells a browser that they are connected', () => {
    assert.equal(open().text, ': the station\n\n');
  });

  it('get nothing from before they were opened, where nobody was there to be told', async () => {
    const first = open();
    measured(1);
    live.refresh();
    await close(first);
    const second = open();
    measured(2);
    mock.timers.tick(PAUSE_MS);
    assert.match(second.text, /"temp":2/);
    assert.doesNotMatch(second.text, /"temp":1|event: changed/);
    assert.doesNotMatch(first.text, /event/);
  });

  it('get each change once', () => {
    const page = open();
    live.refresh();
    mock.timers.tick(PAUSE_MS);
    measured(1);
    mock.timers.tick(PAUSE_MS);
    assert.equal(page.text.match(/event: changed/g)?.length, 1);
  });

  it('lose their connection where they read no more', () => {
    const [slow, stuck] = [open(), open()];
    slow.writableLength = MOST_UNREAD;
    stuck.writableLength = MOST_UNREAD + 1;
    measured(1);
    mock.timers.tick(PAUSE_MS);
    assert.deepEqual([slow.destroyed, stuck.destroyed], [false, true]);
    assert.match(slow.text, /"temp":1/);
    assert.doesNotMatch(stuck.text, /"temp":1/);
  });

  it('hear every 20 seconds that the station is there', async () => {
    const page = open();
    mock.timers.tick(19_999);
    assert.doesNotMatch(page.text, /event: alive/);
    mock.timers.tick(1);
    assert.match(page.text, /event: alive/);
    await close(page);
    const another = open();
    mock.timers.tick(20_000);
    assert.equal(another.text.match(/event: alive/g)?.length, 1);
  });
});
