import type { Node, NodeAPI, NodeDef, NodeMessage, NodeStatus } from 'node-red';
import type { Camera, CameraEnvironment, CaptureResult, Picture } from '../camera';
import { success, type Failure, type Misconfiguration, type Result } from '../result';
import {
  cameraEnvironmentOf,
  cameraSettingsOf,
  loadCameraRoom,
  offerCameras,
  offerPicture,
  settingsInMessage,
} from './camera-source';
import { PICAMERA_IN, readSettings } from './contract';
import { timeOfDay } from './runtime';
import { runSource, sourceFailureStatus, topicOf, wrongSettings } from './sources';

const TYPE = 'picamera-in';

type Settings = typeof PICAMERA_IN;

// A camera takes about two seconds to start and adjust. Pictures more often than this need video.
const SHORTEST_INTERVAL_S = 5;

/** Registers `picamera-in`: takes a still every interval and whenever a message arrives. */
export = function register(RED: NodeAPI): void {
  offerCameras(RED);
  offerPicture(RED);

  function PicameraIn(this: Node, def: NodeDef): void {
    RED.nodes.createNode(this, def);
    const settings = readSettings(PICAMERA_IN, def);
    const camera = openCamera(settings, cameraEnvironmentOf(RED));
    runSource(RED, this, {
      read: async (signal, message) => (camera.ok ? take(camera.value, settings, signal, message) : camera),
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

function openCamera(settings: Settings, environment: CameraEnvironment): Result<Camera, Misconfiguration> {
  if (settings.field.trim() === '') return wrongSettings("The picture's field has no name");
  if (settings.interval < 0) return wrongSettings('The interval is below zero');
  const ofCamera = cameraSettingsOf(settings);
  if (!ofCamera.ok) return ofCamera;
  return success(loadCameraRoom().createCamera(ofCamera.value, environment));
}

/** A picture with the node's settings, and with those that a message brings. */
async function take(
  camera: Camera,
  settings: Settings,
  signal: AbortSignal,
  message: NodeMessage = {},
): Promise<CaptureResult | Result<never, Failure<string>>> {
  const changed = settingsInMessage(settings, message);
  return changed.ok ? camera.capture(signal, changed.value) : changed;
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
