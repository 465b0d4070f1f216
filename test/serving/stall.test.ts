import assert from 'node:assert/strict';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { mock } from 'node:test';
import { endWhereStalled } from '../../src/serving';

const LIMIT_MS = 30_000;

/** A socket of which the test says what it has taken. */
class Connection extends Socket {
  /** Bytes that were written to it, and those of them that it has not taken yet. */
  written = 0;
  waiting = 0;
}

/** What a socket tells of itself, as the test has it. */
function connectionOf(): Connection {
  const connection = new Connection();
  Object.defineProperty(connection, 'bytesWritten', { get: () => connection.written });
  return Object.defineProperty(connection, 'writableLength', { get: () => connection.waiting });
}

describe('An answer that is being sent', () => {
  let connection: Connection;
  let response: ServerResponse;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setInterval'] });
    connection = connectionOf();
    response = new ServerResponse(new IncomingMessage(connection));
    response.assignSocket(connection);
    endWhereStalled(response, LIMIT_MS);
  });
  afterEach(() => mock.timers.reset());

  it('ends where its client takes nothing for 30 s, and 5 s later at most', () => {
    [connection.written, connection.waiting] = [100, 60];
    mock.timers.tick(LIMIT_MS);
    assert.equal(connection.destroyed, false);
    mock.timers.tick(5000);
    assert.equal(connection.destroyed, true);
  });

  it('ends where more is written to it all the time, and nothing is taken', () => {
    connection.waiting = connection.written = 100;
    for (let seconds = 0; seconds < 40 && !connection.destroyed; seconds += 1) {
      connection.written += 10;
      connection.waiting += 10;
      mock.timers.tick(1000);
    }
    assert.equal(connection.destroyed, true);
  });

  it('goes on where its client takes little by little', () => {
    [connection.written, connection.waiting] = [1000, 1000];
    for (let minutes = 0; minutes < 100; minutes += 1) {
      connection.waiting -= 1;
      mock.timers.tick(25_000);
    }
    assert.equal(connection.destroyed, false);
  });

  it('goes on where there is nothing to send, as for a page that hears of new readings', () => {
    connection.written = 100;
    mock.timers.tick(LIMIT_MS * 100);
    assert.equal(connection.destroyed, false);
  });

  it('needs no looking after once it is over', () => {
    [connection.written, connection.waiting] = [100, 60];
    response.emit('close');
    mock.timers.tick(LIMIT_MS * 2);
    assert.equal(connection.destroyed, false);
  });
});
