import { jsonMessage, NOW, type System } from '../message';

export const RTL_433: System = {
  name: 'rtl_433',
  about:
    'Topic `rtl_433/HOST/events`, with or without `-M time:…`: https://github.com/merbanan/rtl_433/blob/master/docs/DATA_FORMAT.md',
  messages: [
    jsonMessage(
      'thermometer of a weather station',
      `{"time": "2026-05-01 11:59:41", "model": "Nexus-TH", "id": 201, "channel": 2, "battery_ok": 1,
        "temperature_C": 14.3, "humidity": 62}`,
      { temperature_C: 14.3, humidity: 62, battery_ok: 1, channel: 2, model: 'Nexus-TH' },
      { at: NOW - 19_000 },
    ),
    jsonMessage(
      'with time as UTC (-M time:iso:utc)',
      `{"time": "2026-05-01T11:59:41Z", "model": "Acurite-Tower", "id": 7012, "channel": "A", "battery_ok": 1,
        "temperature_C": 9.1, "humidity": 78, "mic": "CHECKSUM"}`,
      { temperature_C: 9.1, humidity: 78, channel: 'A', mic: 'CHECKSUM' },
      { at: NOW - 19_000 },
    ),
    jsonMessage(
      'with the time as seconds in text (-M time:unix), which is told',
      `{"time": "1777636781", "model": "LaCrosse-TX141THBv2", "id": 88, "channel": 0, "battery_ok": 0,
        "temperature_C": -2.4, "humidity": 91, "test": "No"}`,
      {},
    ),
    jsonMessage(
      'with microseconds and the signal (-M level)',
      `{"time": "2026-05-01 11:59:41.216384", "model": "Bresser-5in1", "id": 113, "battery_ok": 1,
        "temperature_C": 11.9, "humidity": 71, "wind_max_m_s": 4.1, "wind_avg_m_s": 2.7, "wind_dir_deg": 247.5,
        "rain_mm": 318.4, "mic": "CHECKSUM", "mod": "FSK", "freq1": 868.293, "freq2": 868.361, "rssi": -0.117,
        "snr": 27.61, "noise": -27.727}`,
      { temperature_C: 11.9, wind_avg_m_s: 2.7, rain_mm: 318.4, rssi: -0.117 },
    ),
    jsonMessage(
      'tyre pressure',
      `{"time": "2026-05-01 11:59:41", "model": "Toyota", "type": "TPMS", "id": "f2c81a40", "status": 128,
        "pressure_PSI": 34.25, "temperature_C": 22.0, "mic": "CRC"}`,
      { pressure_PSI: 34.25, temperature_C: 22, type: 'TPMS', id: 'f2c81a40' },
      { at: NOW - 19_000 },
    ),
    jsonMessage(
      'remote control with rows of raw data',
      `{"time": "2026-05-01 11:59:41", "model": "Generic-Remote", "id": 40113, "cmd": 16, "tristate": "01Z0X1",
        "rows": [{"len": 25, "data": "9cb1108"}], "codes": ["{25}9cb1108"]}`,
      { cmd: 16, tristate: '01Z0X1' },
    ),
    jsonMessage(
      'energy monitor',
      `{"time": "2026-05-01 11:59:41", "model": "Efergy-e2CT", "id": 3921, "battery_ok": 1, "current": 2.61,
        "interval": 6, "learn": "NO", "mic": "CHECKSUM"}`,
      { current: 2.61, interval: 6, learn: 'NO' },
      { at: NOW - 19_000 },
    ),
    jsonMessage(
      'smoke alarm',
      `{"time": "2026-05-01 11:59:41", "model": "Smoke-GS558", "id": 6101, "unit": 0, "learn": 0, "code": "7a2f10"}`,
      { unit: 0, learn: 0, code: '7a2f10' },
    ),
    jsonMessage(
      'in degrees Fahrenheit',
      `{"time": "2026-05-01 11:59:41", "model": "Ambientweather-F007TH", "id": 59, "channel": 3, "battery_ok": 1,
        "temperature_F": 88.9, "humidity": 33, "mic": "CRC"}`,
      { temperature_F: 88.9, humidity: 33 },
      { at: NOW - 19_000 },
    ),
    jsonMessage(
      'water meter',
      `{"time": "2026-05-01 11:59:41", "model": "ERT-SCM", "id": 31558831, "physical_tamper": 0, "ert_type": 13,
        "encoder_tamper": 1, "consumption_data": 223109, "mic": "CRC"}`,
      { consumption_data: 223109, ert_type: 13 },
      { at: NOW - 19_000 },
    ),
  ],
};
