import type { Failure, Result } from '../result';

/** Where readings come from; `automatic` is the kernel driver where it serves the pin, else the GPIO pin. */
export type Source = 'automatic' | 'kernel' | 'gpio' | 'demo';

/** How one sensor is read. */
export interface SensorSettings {
  readonly source: Source;
  /** BCM number: 0 to 27 of the header; the kernel's driver may also serve those that only a Compute Module leads out. */
  readonly gpio: number;
  /** `dht22` stands for its whole family: AM2301, 2302, 2303, 2320, 2321 and 2322 on one wire. */
  readonly model: 'auto' | 'dht22' | 'dht11' | 'si7021';
  /** Microseconds for which the pin is held low, in place of the model's own. The kernel's driver has its own, too. */
  readonly startPulse?: number;
  /** The pin that feeds the sensor (BCM number), and after how many silent readings it is switched off and on again. */
  readonly power?: { readonly gpio: number; readonly afterSilent: number };
  /** Whether a suspicious change is read once more and accepted only when the second reading agrees. */
  readonly plausibility: boolean;
  /** Whether a humidity of 1.0 % or less is real there; it is an error otherwise. */
  readonly veryDry: boolean;
}

/** What the sensor or the driver literally said. */
export type RawReading =
  | {
      /** The five bytes of the frame as received, before a clone's values are repaired. */
      readonly bytes: readonly number[];
      /** Leading zero bits that were not seen and were restored. */
      readonly restoredBits: number;
      /** Only where the sensor's checksum leaves out the tenths, which then do not count. */
      readonly tenths?: 'unchecked';
      /** The kernel's device that serves the pin and could not read the sensor, if there is one. */
      readonly insteadOf?: string;
    }
  | {
      /** Name of the kernel's device, such as `iio:device0`. */
      readonly device: string;
      /** Texts of its two files: milli-degrees Celsius and milli-percent. */
      readonly temperature: string;
      readonly humidity: string;
    }
  | { readonly invented: true }
  /** Of a median, what was said for each of its readings. */
  | { readonly readings: readonly RawReading[] };

/** One good reading. */
export interface Reading {
  /** Degrees Celsius. */
  readonly temperature: number;
  /** Relative humidity in percent. */
  readonly humidity: number;
  /** When the sensor was read, in milliseconds since 1970. */
  readonly timestamp: number;
  readonly source: 'kernel' | 'gpio' | 'demo';
  /** BCM number; undefined for the demo sensor. */
  readonly gpio: number | undefined;
  /** Attempts that this reading took, 1 when the first was good. */
  readonly tries: number;
  readonly raw: RawReading;
}

/** Every way in which a reading can fail; see `failures.ts` for what each one says. */
export const READING_PROBLEMS = [
  'no-answer',
  'short-frame',
  'corrupt-frame',
  'checksum',
  'implausible',
  'no-humidity',
  'no-permission',
  'busy',
  'no-such-pin',
  'no-chip',
  'no-python',
  'no-sensor',
  'several-sensors',
  'coarse-clock',
  'helper-failed',
  'driver-failed',
  'cancelled',
] as const;

export type ReadingProblem = (typeof READING_PROBLEMS)[number];

/** One cycle of tries that gave no reading: the last problem, and how often it was tried. */
export interface ReadingFailure extends Failure<ReadingProblem> {
  readonly tries: number;
  /** Whether the sensor was asked, and none of all the tries brought an answer, be it a damaged one. */
  readonly isSilent?: boolean;
}

/** A pin that a program or a driver holds. */
export interface UsedPin {
  /** BCM number. */
  readonly gpio: number;
  /** The name that its holder gave itself; it may be empty. */
  readonly consumer: string;
}

/** A sensor as a node sees it. */
export interface Dht22 {
  /**
   * One cycle: tries until a reading is good, the problem cannot heal by itself, or the tries are used up
   * (15 tries, about half a minute). Never rejects. When the signal aborts it resolves with `cancelled` at once.
   */
  read(signal: AbortSignal): Promise<Result<Reading, ReadingFailure>>;
  /**
   * Cancels the readings under way and frees what the sensor keeps between them. From then on nothing drives its pin,
   * unless another sensor is read there, or this one again.
   */
  close(): void;
}

/** What one attempt gave, before it is known how many tries it took. */
export type Sample = Omit<Reading, 'tries'>;

/** The failure of one attempt. */
export type AttemptFailure = Failure<ReadingProblem>;

/** One attempt to read a sensor. */
export type Attempt = (signal: AbortSignal) => Promise<Result<Sample, AttemptFailure>>;
