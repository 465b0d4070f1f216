/**
 * Why there is no picture.
 * - `no-program`: the camera program, or all of them, are not installed.
 * - `not-executable`: the program is there, but this user may not run it, or the system cannot.
 * - `wrong-program`: the program says that it does not work on this system; another one will.
 * - `no-camera`: the program finds no camera, or not the one that was chosen.
 * - `busy`: another program holds the camera.
 * - `no-permission`: this user may not use the camera, or the memory for its pictures.
 * - `out-of-memory`: the memory for the camera's pictures is used up.
 * - `hung`: the program had to be ended because it gave no picture in time.
 * - `crashed`: the program was ended by a signal that was not ours.
 * - `no-picture`: the program ended without any output.
 * - `cut`: the picture has no end.
 * - `not-jpeg`: the output is something other than a JPEG.
 * - `too-large`: no end of output, or a picture above the maximum at every quality tried.
 * - `cancelled`: the capture was cancelled.
 * - `invalid-settings`: no program can be asked for this.
 */
export type CaptureProblem =
  | 'no-program'
  | 'not-executable'
  | 'wrong-program'
  | 'no-camera'
  | 'busy'
  | 'no-permission'
  | 'out-of-memory'
  | 'hung'
  | 'crashed'
  | 'no-picture'
  | 'cut'
  | 'not-jpeg'
  | 'too-large'
  | 'cancelled'
  | 'invalid-settings';
