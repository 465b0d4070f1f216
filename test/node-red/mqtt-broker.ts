/** As much of an MQTT 3.1.1 broker as our examples need: clients subscribe, publish, and hear what is published, at QoS 0. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { within } from '../support/waiting';

/** Packet types, in the upper half of a packet's first byte (MQTT 3.1.1, 2.2.1). */
const CONNECT = 1;
const PUBLISH = 3;
const SUBSCRIBE = 8;
const PINGREQ = 12;

/** What a client published. */
export interface PublishedMessage {
  readonly topic: string;
  readonly payload: string;
  /** Whether a broker is to keep it for whoever subscribes later. */
  readonly isRetained: boolean;
}

export interface MqttBroker {
  readonly port: number;
  /** All that clients have published, oldest first. */
  readonly published: readonly PublishedMessage[];
  /** Resolves to the topic filter of the next subscription. */
  subscribed(): Promise<string>;
  /** Sends a message to every client, whatever it has subscribed to. */
  publish(topic: string, payload: string): void;
  close(): void;
}

/** Starts a broker at a port of its own. */
export async function startMqttBroker(): Promise<MqttBroker> {
  const sockets = new Set<Socket>();
  const published: PublishedMessage[] = [];
  const server = createServer();
  server.on('connection', (socket) => {
    sockets.add(socket);
    // A client that goes away is no failure of a test.
    socket.on('error', () => {});
    let received = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      for (let packet = firstPacket(received); packet; packet = firstPacket(received)) {
        received = received.subarray(packet.end);
        answer(socket, packet);
      }
    });
  });

  function answer(socket: Socket, { type, isRetained, body }: Packet): void {
    if (type === CONNECT) socket.write(Buffer.from([0x20, 2, 0, 0]));
    if (type === PINGREQ) socket.write(Buffer.from([0xd0, 0]));
    if (type === PUBLISH) {
      const end = 2 + body.readUInt16BE(0);
      published.push({
        topic: body.toString('utf8', 2, end),
        payload: body.toString('utf8', end),
        isRetained,
      });
    }
    if (type !== SUBSCRIBE) return;
    socket.write(Buffer.concat([Buffer.from([0x90, 3]), body.subarray(0, 2), Buffer.from([0])]));
    server.emit('subscribed', body.toString('utf8', 4, 4 + body.readUInt16BE(2)));
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert(typeof address === 'object' && address !== null);
  return {
    port: address.port,
    published,
    async subscribed() {
      const [filter] = await within('a subscription', once(server, 'subscribed'));
      return String(filter);
    },
    publish(topic, payload) {
      const name = Buffer.from(topic);
      const body = Buffer.concat([Buffer.from([0, name.length]), name, Buffer.from(payload)]);
      for (const socket of sockets) socket.write(Buffer.concat([Buffer.from([0x30, body.length]), body]));
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

interface Packet {
  readonly type: number;
  /** The lowest bit of the first byte (3.3.1.3); it means this in packets that publish. */
  readonly isRetained: boolean;
  readonly body: Buffer;
  /** The bytes that it takes. */
  readonly end: number;
}

/** The first whole packet; its length is a number in base 128, the lowest digit first (MQTT 3.1.1, 2.2.3). */
function firstPacket(bytes: Buffer): Packet | undefined {
  let length = 0;
  let start = 1;
  for (let digit = 0x80; digit >= 0x80; start += 1) {
    digit = bytes[start] ?? 0;
    length += (digit & 0x7f) * 128 ** (start - 1);
  }
  const end = start + length;
  const first = bytes[0] ?? 0;
  return bytes.length < end
    ? undefined
    : { type: first >> 4, isRetained: (first & 1) === 1, body: bytes.subarray(start, end), end };
}
