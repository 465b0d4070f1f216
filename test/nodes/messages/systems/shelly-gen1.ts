import { jsonMessage, textMessage, type System } from '../message';

export const SHELLY_GEN1: System = {
  name: 'Shelly, first generation',
  about: 'Topics `shellies/NAME/…`, `/status` by HTTP and CoIoT: https://shelly-api-docs.shelly.cloud/gen1/',
  messages: [
    jsonMessage(
      'Shelly Plug S, /status',
      `{"wifi_sta": {"connected": true, "ssid": "home", "ip": "192.168.1.60", "rssi": -61},
        "cloud": {"enabled": false, "connected": false}, "mqtt": {"connected": true}, "time": "13:58",
        "unixtime": 1777636680, "serial": 4711, "has_update": false, "mac": "A8032ABE54DC",
        "relays": [{"ison": true, "has_timer": false, "timer_remaining": 0, "overpower": false, "source": "http"}],
        "meters": [{"power": 27.91, "overpower": 0, "is_valid": true, "timestamp": 1777643880,
          "counters": [27.85, 27.99, 28.02], "total": 418937}],
        "temperature": 29.73, "overtemperature": false, "tmp": {"tC": 29.73, "tF": 85.51, "is_valid": true},
        "update": {"status": "idle", "has_update": false}, "ram_total": 52072, "ram_free": 40124, "uptime": 91243}`,
      {
        temperature: 29.73,
        'tmp.tC': 29.73,
        'meters.0.power': 27.91,
        'meters.0.total': 418937,
        'relays.0.ison': true,
      },
    ),
    jsonMessage(
      'Shelly H&T, /status',
      `{"is_valid": true, "tmp": {"value": 18.88, "units": "C", "tC": 18.88, "tF": 65.98, "is_valid": true},
        "hum": {"value": 61.5, "is_valid": true}, "bat": {"value": 86, "voltage": 2.9},
        "act_reasons": ["sensor"], "connect_retries": 0, "sleep_period": 12}`,
      { 'tmp.value': 18.88, 'hum.value': 61.5, 'bat.value': 86, 'bat.voltage': 2.9, 'tmp.units': 'C' },
    ),
    textMessage('H&T, temperature by MQTT', 'shellies/shellyht-1/sensor/temperature', '18.88', {
      'shellies/shellyht-1/sensor/temperature': 18.88,
    }),
    textMessage('1PM, energy by MQTT in watt-minutes', 'shellies/shelly1pm-1/relay/0/energy', '418937', {
      'shellies/shelly1pm-1/relay/0/energy': 418937,
    }),
    jsonMessage(
      'Shelly EM, /status',
      `{"emeters": [{"power": 512.34, "reactive": -43.1, "pf": -0.99, "voltage": 229.8, "is_valid": true,
          "total": 190125.4, "total_returned": 0.0},
          {"power": 0, "reactive": 0, "pf": 0, "voltage": 229.8, "is_valid": true, "total": 3, "total_returned": 0}],
        "relays": [{"ison": false, "has_timer": false, "is_valid": true}], "uptime": 5521, "fs_free": 156122}`,
      { 'emeters.0.power': 512.34, 'emeters.0.pf': -0.99, 'emeters.1.total': 3, 'relays.0.ison': false },
    ),
    jsonMessage(
      'Shelly Flood, /status',
      `{"is_valid": true, "flood": false, "tmp": {"value": 14.25, "units": "C", "is_valid": true},
        "bat": {"value": 100, "voltage": 3.04}, "rain_sensor": false}`,
      { flood: false, 'tmp.value': 14.25, 'bat.value': 100 },
    ),
    jsonMessage(
      'Shelly Door/Window 2, /status',
      `{"is_valid": true, "sensor": {"state": "open", "is_valid": true}, "accel": {"tilt": 12, "vibration": 0},
        "lux": {"value": 187, "illumination": "twilight", "is_valid": true},
        "bat": {"value": 79, "voltage": 5.61}, "tmp": {"value": 20.4, "units": "C", "tC": 20.4, "tF": 68.7}}`,
      { 'sensor.state': 'open', 'accel.tilt': 12, 'lux.value': 187, 'bat.value': 79, 'tmp.tC': 20.4 },
    ),
    jsonMessage(
      'Shelly Dimmer 2, light by MQTT',
      `{"ison": true, "source": "input", "has_timer": false, "timer_started": 0, "timer_duration": 0,
        "timer_remaining": 0, "mode": "white", "brightness": 42, "transition": 0}`,
      { ison: true, brightness: 42, mode: 'white' },
    ),
    jsonMessage(
      'Shelly 1 with three add-on thermometers, /status',
      `{"ext_temperature": {"0": {"hwID": "28ff641d", "tC": 41.25, "tF": 106.25},
          "1": {"hwID": "28ff9a02", "tC": 37.5, "tF": 99.5}, "2": {"hwID": "28ff0bc1", "tC": 21.06, "tF": 69.91}},
        "ext_humidity": {}, "uptime": 40021}`,
      { 'ext_temperature.0.tC': 41.25, 'ext_temperature.1.tC': 37.5, 'ext_temperature.2.tC': 21.06 },
    ),
    jsonMessage(
      'Shelly 2.5 as a shutter, by MQTT',
      `{"state": "stop", "source": "http", "power": 0, "is_valid": true, "safety_switch": false,
        "overtemperature": false, "stop_reason": "normal", "last_direction": "open", "current_pos": 75,
        "calibrating": false, "positioning": true}`,
      { power: 0, current_pos: 75, state: 'stop', positioning: true },
    ),
  ],
};
