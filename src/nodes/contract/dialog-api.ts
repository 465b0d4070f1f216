/**
 * The requests of edit dialogs to the runtime: their paths, relative to the editor's own address, and their JSON. Used by
 * both sides. All are posted, because they start something: a program, or a request to a server. Every answer is either
 * what was asked for or a `DialogFailure`.
 */

/** What the editor shows in place of a password that is stored; a dialog that sends it back means the stored one. */
export const STORED_SECRET = '__PWRD__';

/** `ConnectionQuestion`: answered with `SenioAnswer`. */
export const TEST_SENIO = 'sensorpost/senio/test';

/** `ConnectionQuestion`: answered with `DataboomAnswer`. */
export const TEST_DATABOOM = 'sensorpost/databoom/test';

/** `ReadQuestion`: answered with `ReadAnswer`. */
export const READ_DHT22 = 'sensorpost/dht22/read';

/** An empty object: answered with `PinsAnswer`. */
export const DHT22_PINS = 'sensorpost/dht22/pins';

/** `ReadQuestion`: answered with `PictureAnswer`. */
export const TRY_CAMERA = 'sensorpost/camera/try';

/** An empty object: answered with `CamerasAnswer`. */
export const CAMERAS = 'sensorpost/cameras';

/** By `GET`, because it starts nothing: answered with `StationPageAnswer`. */
export const STATION_PAGE = 'sensorpost/station';

/** `PasswordQuestion`: answered with `PasswordAnswer`. */
export const HASH_PASSWORD = 'sensorpost/station/password';

/** An empty object: answered with `ExposureAnswer`. */
export const STATION_EXPOSURE = 'sensorpost/station/exposure';

/** Why there is no answer, in words for the user. */
export interface DialogFailure {
  readonly ok: false;
  readonly reason: string;
}

/** The open dialog of a config node, deployed or not. */
export interface ConnectionQuestion {
  readonly id: string;
  /** As a flow would store them. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The key or token as it was typed, or `STORED_SECRET`. */
  readonly secret: string;
}

/** A sensor as its server knows it. */
export interface SenioAnswer {
  readonly ok: true;
  readonly name: string;
  readonly fields: readonly {
    readonly name: string;
    readonly type: 'scalar' | 'image';
    readonly unit: string;
  }[];
}

/** The server's answer to the question for a list of signals. No push with the token is known to have been refused. */
export interface DataboomAnswer {
  readonly ok: true;
  /** Why the token may not list, in the server's words; whether it may push is not known then. Empty where it may. */
  readonly listingRefused: string;
}

/** The open dialog of a dht22-in or a picamera-in. */
export interface ReadQuestion {
  /** As a flow would store them. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** One reading. */
export interface ReadAnswer {
  readonly ok: true;
  /** In the unit of the settings. */
  readonly temperature: number;
  readonly unit: string;
  /** Percent. */
  readonly humidity: number;
  readonly source: 'kernel' | 'gpio' | 'demo';
  readonly tries: number;
}

/** What is known of the header's pins; all by BCM number. */
export interface PinsAnswer {
  readonly ok: true;
  /** The sensors that the kernel's driver serves. */
  readonly sensors: readonly { readonly device: string; readonly gpio?: number }[];
  /** The pins that the system uses for something else. */
  readonly used: readonly { readonly gpio: number; readonly consumer: string }[];
}

/** One picture. */
export interface PictureAnswer {
  readonly ok: true;
  /** Media type, as in `image/jpeg`. */
  readonly type: string;
  /** In base64. */
  readonly picture: string;
  readonly program: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  /** How long it took, in milliseconds. */
  readonly ms: number;
}

/** The connected cameras. */
export interface CamerasAnswer {
  readonly ok: true;
  readonly cameras: readonly {
    /** What the setting of a device holds. */
    readonly device: string;
    readonly name: string;
  }[];
}

/** Where the station is. */
export interface StationPageAnswer {
  readonly ok: true;
  /** Its page's address relative to the editor's, as in `../endpoint/station/`; empty where nodes have no HTTP server. */
  readonly address: string;
  /** Whether a deployed node uses it, so that there is a page. */
  readonly isServed: boolean;
}

/** A password for those who look at the station, as it was typed. */
export interface PasswordQuestion {
  readonly password: string;
}

/** What is stored of it. */
export interface PasswordAnswer {
  readonly ok: true;
  readonly hash: string;
}

/** Whether other machines reach the station's page, and nobody has said whether they may look. */
export interface ExposureAnswer {
  readonly ok: true;
  readonly isExposed: boolean;
}
