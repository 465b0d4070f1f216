import { parsePathSegment } from '../http';
import { describe, failed, success, type Failure, type Result } from '../result';

/**
 * The name of a sensor as a message gives it, without spaces around it, or what is wrong with it. It is one segment of
 * the address that a measurement is posted to, so that a topic such as `zigbee2mqtt/kitchen` cannot be one.
 */
export function parseSensorName(text: string): Result<string, Failure<'invalid'>> {
  const name = text.trim();
  if (name.includes('/')) {
    return invalid(
      `The sensor name ${describe(name)} has a slash, which no sensor's name can have: give a part of it, as $split(topic, "/")[1] does in a JSONata expression`,
    );
  }
  const segment = parsePathSegment(name, 'sensor name');
  return segment.ok ? success(name) : invalid(segment.failure.message);
}

function invalid(message: string) {
  return failed<Failure<'invalid'>>({ kind: 'invalid', message });
}
