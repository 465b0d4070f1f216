import { jsonMessage, type System } from '../message';

const ADVERTISEMENT = '0201061BFF990405135C5A1FC8A50010FFD403FCB1F6A70E4BCDA1B2C3D4E5';

export const RUUVI: System = {
  name: 'Ruuvi',
  about:
    'A Ruuvi Gateway (topic `ruuvi/GATEWAY/TAG`), or decoded by ruuvitag nodes and bridges: https://github.com/ruuvi/docs',
  messages: [
    jsonMessage(
      'gateway, with times: the measurement is encoded in data',
      `{"gw_mac": "C8:25:2D:00:00:01", "rssi": -63, "aoa": [], "gwts": "1777636799", "ts": "1777636798",
        "data": "${ADVERTISEMENT}", "coords": ""}`,
      { rssi: -63, gwts: 1777636799, data: ADVERTISEMENT },
    ),
    jsonMessage(
      'gateway, without times',
      `{"gw_mac": "C8:25:2D:00:00:01", "rssi": -71, "aoa": [], "cnt": "4117", "data": "${ADVERTISEMENT}",
        "coords": ""}`,
      { rssi: -71, cnt: 4117, gw_mac: 'C8:25:2D:00:00:01' },
    ),
    jsonMessage(
      'gateway, decoded by itself',
      `{"gw_mac": "C8:25:2D:00:00:01", "rssi": -66, "aoa": [], "gwts": 1777636799, "ts": 1777636798,
        "dataFormat": 5, "temperature": 24.78, "humidity": 40.5925, "pressure": 101325, "accelX": 0.016,
        "accelY": -0.044, "accelZ": 1.02, "movementCounter": 167, "voltage": 2.993, "txPower": 4,
        "measurementSequenceNumber": 3659, "id": "CD:A1:B2:C3:D4:E5", "coords": ""}`,
      { temperature: 24.78, humidity: 40.5925, pressure: 101325, accelY: -0.044, voltage: 2.993 },
    ),
    jsonMessage(
      'air sensor: measures what has not settled as null',
      `{"dataFormat": 225, "temperature": 22.14, "humidity": 38.2, "pressure": 100911, "PM1.0": 1.4, "PM2.5": 3.1,
        "PM4.0": 3.9, "PM10.0": 4.2, "CO2": 612, "VOC": null, "NOx": null, "luminosity": 143.5,
        "flags": {"calibration_in_progress": true, "button_pressed": false, "rtc_running_on_boot": false}}`,
      { temperature: 22.14, 'PM2.5': 3.1, CO2: 612, 'flags.calibration_in_progress': true },
    ),
    jsonMessage(
      'node-red-contrib-ruuvitag',
      `{"dataFormat": 5, "rssi": -57, "temperature": 5.325, "humidity": 88.14, "pressure": 100127,
        "accelerationX": -16, "accelerationY": 8, "accelerationZ": 1036, "battery": 2871, "txPower": 4,
        "movementCounter": 12, "measurementSequenceNumber": 20144, "mac": "CD:A1:B2:C3:D4:E5"}`,
      { temperature: 5.325, humidity: 88.14, pressure: 100127, battery: 2871 },
    ),
    jsonMessage(
      'gateway, /history: all tags in one object',
      `{"data": {"coordinates": "", "timestamp": 1777636799, "gw_mac": "C8:25:2D:00:00:01",
        "tags": {"CD:A1:B2:C3:D4:E5": {"rssi": -66, "timestamp": 1777636798, "temperature": 24.78,
            "humidity": 40.59, "pressure": 101325},
          "CD:A1:B2:C3:D4:E6": {"rssi": -80, "timestamp": 1777636790, "temperature": -17.42,
            "humidity": null, "pressure": null}}}}`,
      {
        'data.tags.CD:A1:B2:C3:D4:E5.temperature': 24.78,
        'data.tags.CD:A1:B2:C3:D4:E6.temperature': -17.42,
      },
    ),
    jsonMessage(
      'tag without a pressure sensor',
      `{"dataFormat": 5, "rssi": -74, "temperature": -21.06, "humidity": null, "pressure": null,
        "voltage": 2.407, "mac": "CD:A1:B2:C3:D4:E7"}`,
      { temperature: -21.06, voltage: 2.407, rssi: -74 },
    ),
    jsonMessage(
      'ruuvi-go-gateway',
      `{"mac": "cd:a1:b2:c3:d4:e5", "rssi": -69, "timestamp": 1777636798, "temperature": 21.99,
        "humidity": 44.71, "pressure": 100544, "batteryVoltage": 2.95, "dewPoint": 9.43,
        "absoluteHumidity": 8.68, "equilibriumVaporPressure": 2642.1, "airDensity": 1.184}`,
      { temperature: 21.99, dewPoint: 9.43, airDensity: 1.184 },
      { at: 1777636798_000 },
    ),
    jsonMessage('gateway status', `{"state": "online"}`, { state: 'online' }),
    jsonMessage(
      'decoded, with units in objects',
      `{"name": "sauna", "values": {"temperature": {"value": 81.2, "unit": "°C"},
        "humidity": {"value": 17.4, "unit": "%"}}, "battery": {"value": 3.01, "unit": "V", "low": false}}`,
      {
        'values.temperature.value': 81.2,
        'values.humidity.value': 17.4,
        'values.temperature.unit': '°C',
        'battery.low': false,
      },
    ),
  ],
};
