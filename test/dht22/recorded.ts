import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One recorded question to a real sensor. */
export interface RecordedFrame {
  /** Falling edges in nanoseconds after the release of the pin. */
  readonly edges: number[];
  /** What the sensor said; null where it stayed silent. */
  readonly decoded: {
    readonly temperature_c: number;
    readonly humidity_pct: number;
    readonly bytes: number[];
  } | null;
}

interface Recording {
  readonly device: string;
  readonly frames: readonly {
    readonly edges: readonly (readonly [number, number])[];
    readonly decoded: RecordedFrame['decoded'];
  }[];
}

const FOLDER = join(__dirname, '../../../shared/waveforms');

/** All recordings by file, or undefined where this machine has none: they are not part of the project. */
export function recordedFrames(): Map<string, RecordedFrame[]> | undefined {
  if (!existsSync(FOLDER)) return undefined;
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
  return new Map(files.map((file) => [file, framesOf(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')))]));
}

function framesOf(recording: Recording): RecordedFrame[] {
  return recording.frames.map(({ edges, decoded }) => {
    const release = edges.find(([, level]) => level === 1)?.[0] ?? Number.POSITIVE_INFINITY;
    const falls = edges.filter(([at, level]) => level === 0 && at > release);
    return { edges: falls.map(([at]) => at - release), decoded };
  });
}
