/** "Test connection" in the dialogs of config nodes. */
export { offerDataboomTest, offerSenioTest } from './connection-test';
