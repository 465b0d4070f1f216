import type { Node, NodeAPI, NodeDef, NodeMessage, NodeStatus } from 'node-red';
import type { Camera, CameraProgram, Picture } from '../camera';
import { success, type Misconfiguration, type Result } from '../result';
import { loadCameraRoom, offerCameras } from './camera-source';
import { PICAMERA_IN, readSettings } from './contract';
import { timekeeperOf, timeOfDay } from './runtime';
import { runSource, sourceFailureStatus, topicOf, wrongSettings } from './sources';

const TYPE = 'picamera-in';

type Settings = typeof PICAMERA_IN;

// A camera takes about two seconds to start and adjust. Pictures more often than this need video.
const SHORTEST_INTERVAL_S = 5;

/** Registers `picamera-in`: takes a still every interval and whenever a message arrives. */
export = function register(RED: NodeAPI): void {
  offerCameras(RED);

  function PicameraIn(this: Node, def: NodeDef): void {
    RED.nodes.createNode(this, def);
    const settings = readSettings(PICAMERA_IN, def);
    const camera = openCamera(settings, timekeeperOf(RED).stamp);
    runSource(RED, this, {
      read: async (signal) => (camera.ok ? camera.value.capture(signal) : camera),
      messageOf: (picture) => messageOf(settings, picture),
      common: topicOf(settings.topic),
      interval: settings.interval,
      shortestInterval: SHORTEST_INTERVAL_S,
      readingStatus: { fill: 'blue', shape: 'ring', text: RED._('picamera-in.status.capturing') },
      statusOf: (picture) => statusOf(RED, picture),
      failureStatus: (failure) => sourceFailureStatus(RED, TYPE, HEALING, failure),
      close: () => undefined,
    });
    // Shown at once: a first picture may never come.
    if (!camera.ok) this.status(sourceFailureStatus(RED, TYPE, HEALING, camera.failure));
  }

  RED.nodes.registerType(TYPE, PicameraIn);
};

function openCamera(settings: Settings, now: () => number): Result<Camera, Misconfiguration> {
  const { createCamera, systemEnvironment, SYSTEM_PROGRAMS } = loadCameraRoom();
  const programs: readonly CameraProgram[] = ['automatic', ...SYSTEM_PROGRAMS, 'test-picture'];
  const program = programs.find((name) => name === settings.program);
  if (!program) return wrongSettings('The camera program is none that this node knows');
  if (settings.rotation !== 0 && settings.rotation !== 180) {
    return wrongSettings('Cameras rotate a picture by 0 or 180 degrees only');
  }
  if (settings.field.trim() === '') return wrongSettings("The picture's field has no name");
  if (settings.interval < 0) return wrongSettings('The interval is below zero');
  const { width, height, hflip, vflip, rotation, quality, maxKilobytes } = settings;
  return success(
    createCamera(
      {
        program,
        width,
        height,
        hflip,
        vflip,
        rotation,
        quality,
        device: settings.device.trim(),
        settleMs: settings.settle,
        overtimeMs: settings.overtime * 1000,
        maxBytes: maxKilobytes === 0 ? undefined : maxKilobytes * 1000,
      },
      { ...systemEnvironment(), now },
    ),
  );
}

function messageOf(
  { field }: Settings,
  { bytes, timestamp, program, width, height, ms }: Picture,
): NodeMessage {
  return {
    // A picture may answer several messages, and a change that one flow makes must not reach another.
    payload: { [field.trim()]: Buffer.from(bytes) },
    timestamp,
    camera: { program, width, height, bytes: bytes.length, ms },
  };
}

function statusOf(RED: NodeAPI, { program, timestamp }: Picture): NodeStatus {
  const time = timeOfDay(timestamp);
  // Marked in words and in colour, so that nobody mistakes it for a real camera.
  return program === 'test-picture'
    ? { fill: 'grey', shape: 'dot', text: RED._('picamera-in.status.test', { time }) }
    : { fill: 'green', shape: 'dot', text: RED._('picamera-in.status.picture', { time }) };
}

// The kinds of failure that may be gone at the next picture; all others need a person.
const HEALING = new Set(['busy', 'hung', 'crashed', 'no-picture', 'cut', 'not-jpeg', 'cancelled']);
