/** What these tests use of the helper, which comes without types. */
declare module 'node-red-node-test-helper' {
  import type { NodeAPI } from 'node-red';

  interface Helper {
    /** Settings of Node-RED for the next `load`, in place of those given before. */
    settings(settings: object): void;
    load(
      modules: readonly ((RED: NodeAPI) => void)[],
      flow: readonly object[],
      credentials: Readonly<Record<string, object>>,
    ): Promise<void>;
    /** Deploys another flow; rejects where its start is not heard of within 300 ms. */
    setFlows(
      flow: readonly object[],
      type: 'full' | 'nodes' | 'flows',
      credentials: Readonly<Record<string, object>>,
    ): Promise<void>;
    unload(): Promise<void>;
    startServer(): Promise<void>;
    stopServer(): Promise<void>;
  }

  const helper: Helper;
  export default helper;
}
