import { jsonMessage, type System } from '../message';

export const ZIGBEE2MQTT: System = {
  name: 'Zigbee2MQTT',
  about: 'Topic `zigbee2mqtt/NAME`: https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html',
  messages: [
    jsonMessage(
      'thermometer WSDCGQ11LM',
      `{"battery": 91, "humidity": 48.6, "linkquality": 116, "power_outage_count": 7,
        "pressure": 1012.4, "temperature": 21.37, "voltage": 2995}`,
      { battery: 91, humidity: 48.6, pressure: 1012.4, temperature: 21.37, voltage: 2995 },
    ),
    jsonMessage(
      'thermometer that has not measured all yet',
      `{"battery": null, "humidity": null, "linkquality": 84, "temperature": 19.8, "voltage": null}`,
      { linkquality: 84, temperature: 19.8 },
    ),
    jsonMessage(
      'thermometer with last_seen and an update',
      `{"battery": 100, "humidity": 55.1, "last_seen": "2026-05-01T11:59:58.123Z", "linkquality": 142,
        "temperature": 20.04, "update": {"installed_version": 12, "latest_version": 12, "state": "idle"},
        "update_available": false}`,
      { humidity: 55.1, temperature: 20.04, 'update.installed_version': 12, 'update.state': 'idle' },
    ),
    jsonMessage(
      'plug TS011F',
      `{"child_lock": "UNLOCK", "current": 0.31, "energy": 104.27, "indicator_mode": "off/on",
        "linkquality": 200, "power": 68, "power_outage_memory": "restore", "state": "ON", "voltage": 231}`,
      { current: 0.31, energy: 104.27, power: 68, voltage: 231, state: 'ON' },
    ),
    jsonMessage(
      'contact MCCGQ11LM',
      `{"battery": 100, "contact": false, "device_temperature": 24, "linkquality": 66, "voltage": 3015}`,
      { battery: 100, contact: false, device_temperature: 24, voltage: 3015 },
    ),
    jsonMessage(
      'motion RTCGQ11LM',
      `{"battery": 87, "illuminance": 12, "illuminance_lux": 12, "linkquality": 95, "occupancy": true,
        "power_outage_count": 3, "voltage": 2965}`,
      { illuminance: 12, illuminance_lux: 12, occupancy: true },
    ),
    jsonMessage(
      'coloured bulb',
      `{"brightness": 254, "color": {"hue": 28, "saturation": 83, "x": 0.4599, "y": 0.4106},
        "color_mode": "color_temp", "color_temp": 370, "linkquality": 130, "state": "ON"}`,
      { brightness: 254, 'color.x': 0.4599, 'color.y': 0.4106, color_temp: 370, color_mode: 'color_temp' },
    ),
    jsonMessage(
      'radiator thermostat',
      `{"battery": 60, "child_lock": "UNLOCK", "current_heating_setpoint": 20.5, "local_temperature": 19.7,
        "local_temperature_calibration": -1.2, "position": 35, "preset": "schedule",
        "running_state": "heat", "system_mode": "auto", "window_detection": "OFF"}`,
      { current_heating_setpoint: 20.5, local_temperature: 19.7, position: 35, running_state: 'heat' },
    ),
    jsonMessage(
      'button with an empty action',
      `{"action": "", "battery": 74, "linkquality": 51, "voltage": 2900,
        "action_group": null, "action_transition_time": null}`,
      { battery: 74, linkquality: 51, voltage: 2900 },
    ),
    jsonMessage(
      'air quality with the device in it (include_device_information)',
      `{"co2": 713, "device": {"friendlyName": "air", "ieeeAddr": "0x00158d0001020304", "model": "TS0601",
        "networkAddress": 41012, "powerSource": "Mains (single phase)"}, "formaldehyd": 4, "humidity": 39,
        "linkquality": 180, "pm25": 6, "temperature": 23.4, "voc": 18}`,
      { co2: 713, humidity: 39, pm25: 6, temperature: 23.4, 'device.model': 'TS0601' },
    ),
  ],
};
