/** Tells when files change. */
export interface Watcher {
  /**
   * Calls `onChange` some hundred ms after a file of the source was written, made or removed, once for many writes.
   *
   * @param path Path of the source as configured, relative to `folder`; its last part may hold * and ?.
   */
  watch(folder: string, path: string, onChange: () => void): AsyncDisposable;
}
