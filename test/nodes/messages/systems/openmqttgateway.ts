import { jsonMessage, type System } from '../message';

export const OPENMQTTGATEWAY: System = {
  name: 'OpenMQTTGateway',
  about:
    'Topics `home/OpenMQTTGateway/BTtoMQTT/…`, `433toMQTT`, `RTL_433toMQTT` and others: https://docs.openmqttgateway.com/use/ble.html',
  messages: [
    jsonMessage(
      'BTtoMQTT, LYWSD03MMC',
      `{"id": "A4:C1:38:00:00:01", "mac_type": 0, "adv_type": 0, "name": "ATC_000001", "rssi": -77, "brand": "Xiaomi",
        "model": "TH Sensor", "model_id": "LYWSD03MMC/MJWSD05MMC_ATC", "type": "THB", "tempc": 22.8,
        "tempf": 73.04, "hum": 42, "batt": 94, "volt": 3.007, "mac": "A4:C1:38:00:00:01"}`,
      { tempc: 22.8, tempf: 73.04, hum: 42, batt: 94, volt: 3.007, model: 'TH Sensor' },
    ),
    jsonMessage(
      'BTtoMQTT, Mi Flora: one value a message',
      `{"id": "C4:7C:8D:00:00:02", "rssi": -81, "brand": "Xiaomi", "model": "Miflora", "model_id": "HHCCJCY01HHCC",
        "type": "PLANT", "moi": 31}`,
      { moi: 31, rssi: -81 },
    ),
    jsonMessage(
      'BTtoMQTT, a device that is not decoded',
      `{"id": "5A:11:22:33:44:55", "mac_type": 1, "rssi": -90, "manufacturerdata": "4c0010051b1c2a4f",
        "servicedata": "", "servicedatauuid": "0xfe9f"}`,
      { rssi: -90, mac_type: 1, manufacturerdata: '4c0010051b1c2a4f' },
    ),
    jsonMessage(
      'BTtoMQTT, presence with distance',
      `{"id": "AA:BB:CC:00:00:03", "name": "keys", "rssi": -70, "txpower": -59, "distance": 2.513812}`,
      { rssi: -70, txpower: -59, distance: 2.513812 },
    ),
    jsonMessage(
      '433toMQTT, a code of a remote control',
      `{"value": 5592405, "protocol": 1, "length": 24, "delay": 335, "tre_state": "FFFF0FF",
        "binary": "010101010101010101010101"}`,
      { value: 5592405, protocol: 1, delay: 335, tre_state: 'FFFF0FF' },
    ),
    jsonMessage(
      'RTL_433toMQTT',
      `{"model": "Oregon-THGR122N", "id": 74, "channel": 1, "battery_ok": 1, "temperature_C": 6.7, "humidity": 83,
        "protocol": "Oregon Scientific Weather Sensor", "rssi": -84, "duration": 268002}`,
      { temperature_C: 6.7, humidity: 83, rssi: -84, duration: 268002 },
    ),
    jsonMessage('DHTtoMQTT', `{"hum": 51.3, "tempc": 23.6, "tempf": 74.48}`, {
      hum: 51.3,
      tempc: 23.6,
      tempf: 74.48,
    }),
    jsonMessage(
      'CLIMAtoMQTT of a BME280',
      `{"tempc": 21.84, "tempf": 71.31, "hum": 44.2, "pa": 101132.4, "altim": 16.1, "altift": 52.8}`,
      { tempc: 21.84, hum: 44.2, pa: 101132.4, altim: 16.1 },
    ),
    jsonMessage(
      'SYStoMQTT',
      `{"uptime": 81223, "version": "1.8.1", "discovery": true, "env": "esp32dev-ble", "freemem": 81264,
        "mqttport": "1883", "mqttsecure": false, "msgprc": 3021, "msgblck": 0, "tempc": 51.1, "freestck": 3784,
        "powermode": -1, "eth": false, "rssi": -54, "SSID": "home", "BSSID": "C0:25:06:7A:11:20",
        "ip": "192.168.1.90", "mac": "3C:71:BF:00:00:04", "modules": ["LED", "WebUI", "BT"]}`,
      { uptime: 81223, freemem: 81264, tempc: 51.1, rssi: -54, mqttport: 1883, version: '1.8.1' },
    ),
    jsonMessage(
      'LORAtoMQTT of a node with JSON of its own',
      `{"id": "lora-02", "rssi": -97, "snr": 9.25, "pferror": -1433, "packetSize": 41, "message": "soil",
        "soil": {"moisture": 41.8, "tempc": 12.1}}`,
      { rssi: -97, snr: 9.25, 'soil.moisture': 41.8, 'soil.tempc': 12.1, message: 'soil' },
    ),
  ],
};
