/** The page of the Outbox sidebar. */
export { addOutboxSidebar } from './sidebar';
