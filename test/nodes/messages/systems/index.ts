/**
 * Messages of the systems that people have at home, ten each. Their shapes follow the documents that are named; values
 * and addresses are made up.
 */
import type { System } from '../message';
import { ESPHOME } from './esphome';
import { HOME_ASSISTANT } from './home-assistant';
import { OPENMQTTGATEWAY } from './openmqttgateway';
import { RTL_433 } from './rtl433';
import { RUUVI } from './ruuvi';
import { SHELLY_GEN1 } from './shelly-gen1';
import { SHELLY_GEN2 } from './shelly-gen2';
import { TASMOTA } from './tasmota';
import { THEENGS } from './theengs';
import { ZIGBEE2MQTT } from './zigbee2mqtt';

export const SYSTEMS: readonly System[] = [
  ZIGBEE2MQTT,
  SHELLY_GEN1,
  SHELLY_GEN2,
  TASMOTA,
  RUUVI,
  ESPHOME,
  HOME_ASSISTANT,
  RTL_433,
  OPENMQTTGATEWAY,
  THEENGS,
];
