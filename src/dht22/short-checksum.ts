import type { Frame } from './frame';

/**
 * Some DHT11 (ESPHome and DHTlib know them) leave the tenths out of their checksum. Nothing then protects the tenths and
 * the sign, so that only the whole numbers of such a frame count, and none below zero. The other DHT11 are many more, and
 * damage could make such a checksum of theirs. So three frames in a row have to have it and to agree, and none counts once
 * the sensor has sent tenths that its checksum covers.
 */

/** So many frames with the same damaged bit in a row do not come by chance. */
const AGREEING_FRAMES = 3;
/** Whole degrees and percents change by no more than this between two frames a few seconds apart. */
const MOST_CHANGE = 1;

/** What a sensor's checksums have been so far. */
export interface ShortChecksum {
  /** To be told of each frame whose checksum holds. */
  sawWhole(frame: Frame): void;
  /** Whether a frame whose checksum does not hold may be believed, but for its tenths. */
  accepts(frame: Frame): boolean;
}

/** What a DHT11 measures: its first byte is more than a DHT22's can be, and at most 100 % and 60 °C. */
const DRIEST = 4;
const DAMPEST = 100;
const WARMEST = 60;
const MOST_TENTHS = 9;

/** Whether the checksum of the whole numbers alone holds, in a frame that a DHT11 could send. */
export function hasShortChecksum({ bytes }: Frame): boolean {
  const [humidity, humidityTenths, celsius, celsiusTenths, checksum] = bytes;
  return (
    humidity >= DRIEST &&
    humidity <= DAMPEST &&
    celsius <= WARMEST &&
    humidityTenths <= MOST_TENTHS &&
    celsiusTenths <= MOST_TENTHS &&
    ((humidity + celsius) & 0xff) === checksum
  );
}

/** The frame with tenths of zero. */
export function withoutTenths({ bytes: [humidity, , celsius, , checksum], restoredBits }: Frame): Frame {
  return { bytes: [humidity, 0, celsius, 0, checksum], restoredBits };
}

/** Of a sensor that has not sent anything yet. */
export function createShortChecksum(): ShortChecksum {
  let coversTenths = false;
  let agreeing: readonly Frame[] = [];

  return {
    sawWhole: ({ bytes }) => {
      if (bytes[1] !== 0 || bytes[3] !== 0) coversTenths = true;
    },
    accepts: (frame) => {
      const isKnown = agreeing.length === AGREEING_FRAMES;
      if (coversTenths || !hasShortChecksum(frame)) {
        if (!isKnown) agreeing = [];
        return false;
      }
      if (isKnown) return true;
      agreeing = [...agreeing.filter((before) => agree(before, frame)), frame];
      return agreeing.length === AGREEING_FRAMES;
    },
  };
}

function agree(one: Frame, other: Frame): boolean {
  return (
    Math.abs(one.bytes[0] - other.bytes[0]) <= MOST_CHANGE &&
    Math.abs(one.bytes[2] - other.bytes[2]) <= MOST_CHANGE
  );
}
