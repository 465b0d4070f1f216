import { jsonMessage, type System } from '../message';

export const TASMOTA: System = {
  name: 'Tasmota',
  about:
    'Topics `tele/NAME/SENSOR` and `tele/NAME/STATE`: https://tasmota.github.io/docs/JSON-Status-Responses/',
  messages: [
    jsonMessage(
      'SENSOR of a DHT22',
      `{"Time": "2026-05-01T11:59:30", "DHT22": {"Temperature": 21.5, "Humidity": 46.8, "DewPoint": 9.6},
        "TempUnit": "C"}`,
      { 'DHT22.Temperature': 21.5, 'DHT22.Humidity': 46.8, 'DHT22.DewPoint': 9.6, TempUnit: 'C' },
    ),
    jsonMessage(
      'SENSOR of a DHT22 that does not answer',
      `{"Time": "2026-05-01T11:59:30", "DHT22": {"Temperature": null, "Humidity": null, "DewPoint": null},
        "TempUnit": "C"}`,
      { TempUnit: 'C' },
    ),
    jsonMessage(
      'SENSOR of a plug with a meter',
      `{"Time": "2026-05-01T11:59:30", "ENERGY": {"TotalStartTime": "2025-11-02T09:21:44", "Total": 118.402,
        "Yesterday": 0.731, "Today": 0.318, "Period": 3, "Power": 35, "ApparentPower": 51, "ReactivePower": 37,
        "Factor": 0.69, "Voltage": 230, "Current": 0.222}}`,
      { 'ENERGY.Total': 118.402, 'ENERGY.Power': 35, 'ENERGY.Voltage': 230, 'ENERGY.Current': 0.222 },
    ),
    jsonMessage(
      'SENSOR of three DS18B20',
      `{"Time": "2026-05-01T11:59:30", "DS18B20-1": {"Id": "0114550DF2AA", "Temperature": 54.8},
        "DS18B20-2": {"Id": "01145521A0AA", "Temperature": 38.1},
        "DS18B20-3": {"Id": "0114558E31AA", "Temperature": -4.6}, "TempUnit": "C"}`,
      {
        'DS18B20-1.Temperature': 54.8,
        'DS18B20-2.Temperature': 38.1,
        'DS18B20-3.Temperature': -4.6,
        'DS18B20-1.Id': '0114550DF2AA',
      },
    ),
    jsonMessage(
      'SENSOR of a BME280',
      `{"Time": "2026-05-01T11:59:30", "BME280": {"Temperature": 20.9, "Humidity": 51.2, "DewPoint": 10.4,
        "Pressure": 961.3, "SeaPressure": 1017.2}, "PressureUnit": "hPa", "TempUnit": "C"}`,
      { 'BME280.Temperature': 20.9, 'BME280.Pressure': 961.3, 'BME280.SeaPressure': 1017.2 },
    ),
    jsonMessage(
      'SENSOR of an analog input and a switch',
      `{"Time": "2026-05-01T11:59:30", "Switch1": "OFF", "ANALOG": {"A0": 731}}`,
      { 'ANALOG.A0': 731, Switch1: 'OFF' },
    ),
    jsonMessage(
      'SENSOR of a meter read by its infrared port (SML)',
      `{"Time": "2026-05-01T11:59:30", "SML": {"Total_in": 21877.4312, "Total_out": 5310.0087, "Power_curr": -1206,
        "Meter_id": "0a01454d480000a1b2c3"}}`,
      { 'SML.Total_in': 21877.4312, 'SML.Total_out': 5310.0087, 'SML.Power_curr': -1206 },
    ),
    jsonMessage(
      'STATE',
      `{"Time": "2026-05-01T11:59:30", "Uptime": "6T03:10:12", "UptimeSec": 529812, "Heap": 25,
        "SleepMode": "Dynamic", "Sleep": 50, "LoadAvg": 19, "MqttCount": 2, "POWER": "ON",
        "Wifi": {"AP": 1, "SSId": "home", "BSSId": "C0:25:06:7A:11:20", "Channel": 6, "Mode": "11n", "RSSI": 74,
          "Signal": -63, "Downtime": "0T00:00:04"}}`,
      { UptimeSec: 529812, LoadAvg: 19, 'Wifi.RSSI': 74, 'Wifi.Signal': -63, POWER: 'ON' },
    ),
    jsonMessage(
      'STATE of a lamp',
      `{"Time": "2026-05-01T11:59:30", "Uptime": "0T12:00:09", "UptimeSec": 43209, "Vcc": 3.42, "Heap": 27,
        "POWER": "ON", "Dimmer": 60, "Color": "99003D", "HSBColor": "336,100,60", "Channel": [60, 0, 24],
        "Scheme": 0, "Fade": "OFF", "Speed": 1, "Wifi": {"AP": 1, "RSSI": 100, "Signal": -44}}`,
      { Dimmer: 60, Vcc: 3.42, 'Wifi.Signal': -44, HSBColor: '336,100,60' },
    ),
    jsonMessage(
      'RESULT after a command',
      `{"StatusSNS": {"Time": "2026-05-01T11:59:30", "SI7021": {"Temperature": 23.7, "Humidity": 41.0,
        "DewPoint": 9.7}, "TempUnit": "C"}}`,
      { 'StatusSNS.SI7021.Temperature': 23.7, 'StatusSNS.SI7021.Humidity': 41 },
    ),
  ],
};
