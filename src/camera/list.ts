/**
 * The cameras that are connected, for a person to choose from.
 */
import { success, type Result } from '../result';
import { listWebcams } from './devices';
import { systemEnvironment, type CameraEnvironment } from './environment';
import { cancelled, hung, notStarted, type CaptureFailure } from './failures';
import { errorLines } from './program-errors';
import { findProgram, type InstalledProgram } from './programs';
import { ALL_PI_CAMERAS } from './queues';
import { runProgram } from './run-program';
import { SYSTEM_PROGRAMS, type SystemProgram } from './settings';

/** A camera to choose. */
export interface CameraChoice {
  /** The settings' `device`. */
  readonly device: string;
  /** A name to show: a sensor's model and size, or a webcam's own name. */
  readonly name: string;
  /** The program that takes its pictures. */
  readonly program: SystemProgram;
  /** False where that program must be installed first. */
  readonly installed: boolean;
}

/**
 * Lists the Raspberry Pi cameras that the first installed program finds, and the webcams. Waits until no
 * Raspberry Pi camera is used, because a program that lists cameras opens all of them. Never rejects.
 * @param signal ends it early as `cancelled`
 * @returns an empty list where there is no camera, or no program that could find one; `hung` where the program had to
 *   be ended
 */
export async function listCameras(
  signal: AbortSignal,
  environment: CameraEnvironment = systemEnvironment(),
): Promise<Result<CameraChoice[], CaptureFailure>> {
  const fswebcam = await findProgram(['fswebcam'], environment);
  const webcams = (await listWebcams(environment)).map(({ device, name }): CameraChoice => {
    return { device, name, program: 'fswebcam', installed: fswebcam !== undefined };
  });
  const found = await findProgram(
    SYSTEM_PROGRAMS.filter((program) => program !== 'fswebcam'),
    environment,
  );
  if (found === undefined) return success(webcams);
  const listed = await environment.cameraQueues.runExclusive(
    ALL_PI_CAMERAS,
    async () => {
      await environment.programRecords.endAbandoned();
      return listWith(found, signal, environment);
    },
    signal,
  );
  if (listed === undefined) return cancelled();
  return listed.ok ? success([...listed.value, ...webcams]) : listed;
}

async function listWith(
  found: InstalledProgram,
  signal: AbortSignal,
  environment: CameraEnvironment,
): Promise<Result<CameraChoice[], CaptureFailure>> {
  const { program, path } = found;
  // raspistill cannot list: where it is the only program, its first camera is what most have.
  if (program === 'raspistill') return success([{ device: '0', name: 'camera 0', program, installed: true }]);
  const timeoutMs = environment.listLimitMs;
  const run = await runProgram({ path, args: ['--list-cameras'], timeoutMs }, signal, environment);
  if (!run.started) return notStarted(path, run.code);
  if (run.end === 'cancelled') return cancelled();
  if (run.end !== 'itself') {
    return hung(
      {
        program,
        said: errorLines(program, run.errorOutput),
        device: '',
        userName: environment.userName(),
        container: environment.container,
      },
      timeoutMs,
      run.gone,
    );
  }
  return success(camerasIn(run.output.toString('utf8'), program));
}

/** A line such as `0 : imx708 [4608x2592 10-bit RGGB] (/base/soc/i2c0mux/i2c@1/imx708@1a)`. */
const CAMERA_LINE = /^\s*(?<number>\d{1,2}) : (?<model>[^[\]()]{1,60})(?:$|\[(?<size>\d{1,6}x\d{1,6})[ \]])/;

const MOST_CAMERAS = 32;

function camerasIn(text: string, program: SystemProgram): CameraChoice[] {
  return text
    .split('\n')
    .map((line) => CAMERA_LINE.exec(line)?.groups)
    .filter((groups) => groups !== undefined)
    .slice(0, MOST_CAMERAS)
    .map(({ number = '', model = '', size = '' }) => {
      return { device: number, name: `${model.trim()} ${size}`.trim(), program, installed: true };
    });
}
