import { jsonMessage, textMessage, type System } from '../message';

export const ESPHOME: System = {
  name: 'ESPHome',
  about:
    'Topics `NAME/sensor/SENSOR/state`, one value each as text, and JSON that users build: https://esphome.io/components/mqtt',
  messages: [
    textMessage('temperature', 'cellar/sensor/temperature/state', '17.4', {
      'cellar/sensor/temperature/state': 17.4,
    }),
    textMessage('temperature below zero', 'garden/sensor/temperature/state', '-3.06', {
      'garden/sensor/temperature/state': -3.06,
    }),
    textMessage('sensor that has no value (nan)', 'cellar/sensor/humidity/state', 'nan', {}),
    textMessage('binary sensor', 'cellar/binary_sensor/door/state', 'ON', {
      'cellar/binary_sensor/door/state': 'ON',
    }),
    textMessage('text sensor with the version', 'cellar/sensor/version/state', '2026.4.2', {
      'cellar/sensor/version/state': '2026.4.2',
    }),
    textMessage('text sensor with the address', 'cellar/sensor/ip/state', '192.168.1.42', {
      'cellar/sensor/ip/state': '192.168.1.42',
    }),
    jsonMessage(
      'light',
      `{"state": "ON", "color_mode": "rgb", "brightness": 178, "color": {"r": 255, "g": 96, "b": 0}}`,
      { brightness: 178, 'color.r': 255, 'color.g': 96, 'color.b': 0, state: 'ON' },
    ),
    jsonMessage(
      'climate',
      `{"mode": "heat", "current_temperature": 19.6, "target_temperature": 21.0, "action": "heating",
        "current_humidity": null}`,
      { current_temperature: 19.6, target_temperature: 21, action: 'heating' },
    ),
    jsonMessage(
      'JSON by mqtt.publish_json',
      `{"temperature": 22.31, "humidity": 39.8, "pm": {"1_0": 3, "2_5": 5, "10_0": 6}, "sensor": "living room"}`,
      { temperature: 22.31, humidity: 39.8, 'pm.2_5': 5, sensor: 'living room' },
    ),
    jsonMessage(
      'event of the web server (/events)',
      `{"id": "sensor-temperature", "value": 22.3125, "state": "22.3 °C"}`,
      { value: 22.3125, id: 'sensor-temperature' },
    ),
  ],
};
