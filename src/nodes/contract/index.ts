/**
 * What the runtime and the editor agree on: the settings that a flow stores, and what dialogs and sidebar ask. It runs in
 * Node.js and in browsers, so nothing in it imports either's own modules.
 */
export {
  CAMERAS,
  DHT22_PINS,
  READ_DHT22,
  STORED_SECRET,
  TEST_DATABOOM,
  TEST_SENIO,
  TRY_CAMERA,
  type CamerasAnswer,
  type ConnectionQuestion,
  type DataboomAnswer,
  type DialogFailure,
  type PictureAnswer,
  type PinsAnswer,
  type ReadAnswer,
  type ReadQuestion,
  type SenioAnswer,
} from './dialog-api';
export { migrate, MIGRATIONS, type Step } from './migrations';
export {
  BUCKET_MS,
  BUCKETS,
  type ChangedView,
  type DeferralCause,
  type DeferredView,
  type DestinationState,
  type DestinationView,
  type ImportedDevice,
  type ImportView,
  type LineProblem,
  type LineProblemView,
  type MetricsReport,
  type Overview,
  type Place,
  type ProblemKind,
  type ProblemView,
  type ReadingView,
  type RefusedPageView,
  type RefusedView,
  type Service,
} from './queue-admin-api';
export {
  DATABOOM_CONFIG,
  DATABOOM_IN,
  DATABOOM_PUBLISH,
  DHT22_IN,
  PICAMERA_IN,
  readSettings,
  SENIO_CONFIG,
  SENIO_PUBLISH,
  STATION_IN,
  VALUE_KINDS,
  type FieldSetting,
  type Settings,
} from './settings';
