import { jsonMessage, type System } from '../message';

export const THEENGS: System = {
  name: 'Theengs Gateway',
  about:
    'Topic `home/TheengsGateway/BTtoMQTT/MAC`, decoded by Theengs Decoder: https://decoder.theengs.io/devices/devices_by_brand.html',
  messages: [
    jsonMessage(
      'thermometer LYWSDCGQ',
      `{"name": "MJ_HT_V1", "id": "58:2D:34:00:00:01", "rssi": -80, "brand": "Xiaomi", "model": "Mi Temp/Hum",
        "model_id": "LYWSDCGQ/01ZM", "type": "THB", "cidc": false, "tempc": 20.3, "tempf": 68.54, "hum": 48.7}`,
      { tempc: 20.3, tempf: 68.54, hum: 48.7, rssi: -80, cidc: false },
    ),
    jsonMessage(
      'battery of the same, in a message of its own',
      `{"name": "MJ_HT_V1", "id": "58:2D:34:00:00:01", "rssi": -79, "model_id": "LYWSDCGQ/01ZM", "batt": 66}`,
      { batt: 66, rssi: -79 },
    ),
    jsonMessage(
      'RuuviTag',
      `{"name": "Ruuvi E5F6", "id": "CD:A1:B2:00:00:02", "rssi": -61, "brand": "Ruuvi", "model": "RuuviTag",
        "model_id": "RuuviTag_RAWv2", "type": "ACEL", "tempc": 19.705, "tempf": 67.469, "hum": 51.1475,
        "pres": 1009.38, "accx": 0.0392, "accy": -0.1569, "accz": 10.0028, "volt": 2.951, "tx": 4, "mov": 90,
        "seq": 31204, "mac": "CD:A1:B2:00:00:02"}`,
      { tempc: 19.705, hum: 51.1475, pres: 1009.38, accy: -0.1569, volt: 2.951 },
    ),
    jsonMessage(
      'contact sensor',
      `{"name": "CGH1", "id": "58:2D:34:00:00:03", "rssi": -83, "brand": "ClearGrass", "model": "Contact",
        "model_id": "CGH1", "type": "CTMO", "open": true}`,
      { open: true, rssi: -83 },
    ),
    jsonMessage(
      'scale',
      `{"name": "MIBFS", "id": "C8:47:8C:00:00:04", "rssi": -72, "brand": "Xiaomi", "model": "Mi Body Scale",
        "model_id": "XMTZC02HM/XMTZC05HM", "type": "SCALE", "weighing_mode": "person", "unit": "kg",
        "weight": 74.35, "impedance": 498}`,
      { weight: 74.35, impedance: 498, weighing_mode: 'person' },
    ),
    jsonMessage(
      'grill thermometer with some probes plugged in',
      `{"name": "iBBQ", "id": "34:14:B5:00:00:05", "rssi": -66, "model": "IBT-4XS", "type": "BBQ",
        "tempc": 58, "tempf": 136.4, "tempc2": 112, "tempf2": 233.6, "tempc3": null, "tempc4": null}`,
      { tempc: 58, tempc2: 112, tempf2: 233.6 },
    ),
    jsonMessage(
      'presence tracker',
      `{"name": "tag", "id": "F0:F1:00:00:00:06", "rssi": -94, "brand": "Tile", "model": "Smart Tracker",
        "model_id": "TILE", "type": "TRACK", "track": true, "device": "Tile Tracker"}`,
      { rssi: -94, track: true },
    ),
    jsonMessage(
      'air quality CO2 sensor',
      `{"name": "Aranet4 1A2B3", "id": "DD:8A:00:00:00:07", "rssi": -69, "brand": "Aranet", "model": "Aranet4",
        "type": "AIR", "co2": 941, "tempc": 23.25, "tempf": 73.85, "pres": 1001.2, "hum": 37, "batt": 88,
        "int": 300, "age": 114}`,
      { co2: 941, tempc: 23.25, pres: 1001.2, int: 300, age: 114 },
    ),
    jsonMessage(
      'battery monitor',
      `{"name": "Battery Monitor", "id": "3C:AB:00:00:00:08", "rssi": -70, "model_id": "BM2", "type": "BATT",
        "volt": 12.63, "batt": 94.2}`,
      { volt: 12.63, batt: 94.2 },
    ),
    jsonMessage(
      'state of the gateway',
      `{"state": "online", "version": "1.5.0", "uptime": 3602, "counters": {"received": 9131, "published": 4180},
        "adapters": ["hci0"]}`,
      { uptime: 3602, 'counters.received': 9131, 'counters.published': 4180, state: 'online' },
    ),
  ],
};
