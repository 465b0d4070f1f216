/** Row 8: how long decoding a frame of a DHT22 takes, against the time that the frame itself takes. */
import { decodeTime, madeFrames } from '../dht22/frames';
import type { Contest } from './contest';
import { atMost } from './outcome';

/** What the frame of a DHT22 takes, in microseconds. */
const FRAME_US = 5000;

export const decoding: Contest = {
  name: 'decoding',
  warmUps: 3,
  goals: [
    {
      row: 8,
      work: 'a DHT22 frame decoded',
      against: "the frame's own duration",
      ours: 'decoding',
      theirs: 'frame',
      figure: 'us',
      unit: 'µs',
      ...atMost(0.01),
    },
  ],
  prepare() {
    const frames = madeFrames();
    return Promise.resolve({
      sides: {
        decoding: () => Promise.resolve({ us: decodeTime(frames) }),
        frame: () => Promise.resolve({ us: FRAME_US }),
      },
      close: () => {},
    });
  },
};
