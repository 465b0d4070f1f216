// Node-RED's settings for npm start.
const { readFileSync } = require('node:fs');

module.exports = {
  uiHost: process.env.SENSORPOST_HOST,
  uiPort: Number(process.env.SENSORPOST_PORT),
  flowFile: 'flows.json',
  flowFilePretty: true,
  credentialSecret: readFileSync('credential-secret', 'utf8'),
  // The user's own Node-RED must not notice this one, and nothing leaves the machine.
  telemetry: { enabled: false, updateNotification: false },
  editorTheme: { tours: false, projects: { enabled: false }, page: { title: 'Sensorpost demo' } },
  logging: { console: { level: 'info', metrics: false, audit: false } },
};
