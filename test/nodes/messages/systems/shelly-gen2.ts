import { jsonMessage, type System } from '../message';

export const SHELLY_GEN2: System = {
  name: 'Shelly, second generation and later',
  about:
    'Topics `NAME/events/rpc` and `NAME/status/COMPONENT`: https://shelly-api-docs.shelly.cloud/gen2/General/Notifications',
  messages: [
    jsonMessage(
      'NotifyStatus of a switch with a meter',
      `{"src": "shellyplus1pm-a8032ab1", "dst": "shellyplus1pm-a8032ab1/events", "method": "NotifyStatus",
        "params": {"ts": 1777636799.41, "switch:0": {"id": 0, "aenergy": {"by_minute": [381.2, 402.9, 377.0],
          "minute_ts": 1777636799, "total": 11827.331}, "apower": 23.4, "current": 0.131}}}`,
      {
        'params.switch:0.apower': 23.4,
        'params.switch:0.current': 0.131,
        'params.switch:0.aenergy.total': 11827.331,
        method: 'NotifyStatus',
      },
    ),
    jsonMessage(
      'NotifyStatus of a thermometer',
      `{"src": "shellyplusht-08b61fcb", "dst": "shellyplusht-08b61fcb/events", "method": "NotifyStatus",
        "params": {"ts": 1777636790.02, "temperature:0": {"id": 0, "tC": 22.1, "tF": 71.8}}}`,
      { 'params.temperature:0.tC': 22.1, 'params.temperature:0.tF': 71.8 },
    ),
    jsonMessage(
      'NotifyFullStatus of an H&T whose clock is not set',
      `{"src": "shellyplusht-08b61fcb", "dst": "shellyplusht-08b61fcb/events", "method": "NotifyFullStatus",
        "params": {"ts": 1777636790.4, "ble": {}, "cloud": {"connected": false},
          "devicepower:0": {"id": 0, "battery": {"V": 5.31, "percent": 78}, "external": {"present": false}},
          "ht_ui": {}, "humidity:0": {"id": 0, "rh": 47.3}, "mqtt": {"connected": true},
          "sys": {"mac": "08B61FCB", "restart_required": false, "time": null, "unixtime": null, "uptime": 4,
            "available_updates": {}},
          "temperature:0": {"id": 0, "tC": 21.6, "tF": 70.9},
          "wifi": {"sta_ip": "192.168.1.77", "status": "got ip", "ssid": "home", "rssi": -58}}}`,
      {
        'params.temperature:0.tC': 21.6,
        'params.humidity:0.rh': 47.3,
        'params.devicepower:0.battery.percent': 78,
        'params.wifi.rssi': -58,
      },
    ),
    jsonMessage(
      'NotifyEvent of a button',
      `{"src": "shellyplusi4-c4d8d5", "dst": "shellyplusi4-c4d8d5/events", "method": "NotifyEvent",
        "params": {"ts": 1777636781.5, "events": [{"component": "input:0", "id": 0, "event": "single_push",
          "ts": 1777636781.5}]}}`,
      { 'params.events.0.event': 'single_push', 'params.events.0.id': 0 },
    ),
    jsonMessage(
      'status/switch:0',
      `{"id": 0, "source": "MQTT", "output": true, "apower": 61.2, "voltage": 230.4, "current": 0.285, "pf": 0.93,
        "aenergy": {"total": 90211.12, "by_minute": [1020.1, 1019.8, 1020.3], "minute_ts": 1777636740},
        "temperature": {"tC": 43.1, "tF": 109.6}}`,
      {
        apower: 61.2,
        voltage: 230.4,
        'aenergy.total': 90211.12,
        'temperature.tC': 43.1,
        output: true,
      },
    ),
    jsonMessage(
      'status/em:0 of a Pro 3EM',
      `{"id": 0, "a_current": 1.203, "a_voltage": 231.1, "a_act_power": 244.9, "a_aprt_power": 278.2, "a_pf": 0.88,
        "b_current": 0.413, "b_voltage": 230.2, "b_act_power": -61.4, "b_aprt_power": 95.1, "b_pf": 0.65,
        "c_current": 0.028, "c_voltage": 229.9, "c_act_power": 0.0, "c_aprt_power": 6.4, "c_pf": 0,
        "n_current": null, "total_current": 1.644, "total_act_power": 183.5, "total_aprt_power": 379.7,
        "user_calibrated_phase": []}`,
      { a_act_power: 244.9, b_act_power: -61.4, c_act_power: 0, total_act_power: 183.5 },
    ),
    jsonMessage('status/temperature:100 of an add-on', `{"id": 100, "tC": 7.3, "tF": 45.1}`, {
      tC: 7.3,
      tF: 45.1,
    }),
    jsonMessage(
      'status/temperature:101 whose sensor is away',
      `{"id": 101, "tC": null, "tF": null, "errors": ["out_of_range"]}`,
      { id: 101 },
    ),
    jsonMessage(
      'status/cover:0',
      `{"id": 0, "source": "limit_switch", "state": "open", "apower": 0.0, "voltage": 229.6, "current": 0.0,
        "pf": 0.0, "freq": 50.0, "aenergy": {"total": 812.4, "by_minute": [0.0, 0.0, 0.0], "minute_ts": 1777636740},
        "temperature": {"tC": 38.2, "tF": 100.8}, "pos_control": true, "last_direction": "open", "current_pos": 100}`,
      { current_pos: 100, freq: 50, 'temperature.tC': 38.2, state: 'open', pos_control: true },
    ),
    jsonMessage(
      'status/sys',
      `{"mac": "A8032AB1", "restart_required": false, "time": "13:59", "unixtime": 1777636799, "uptime": 202118,
        "ram_size": 246788, "ram_free": 137044, "fs_size": 458752, "fs_free": 135168, "cfg_rev": 14,
        "kvs_rev": 0, "schedule_rev": 1, "webhook_rev": 0, "available_updates": {"beta": {"version": "1.5.0-beta1"}}}`,
      { uptime: 202118, ram_free: 137044, 'available_updates.beta.version': '1.5.0-beta1' },
    ),
  ],
};
