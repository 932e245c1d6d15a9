/** What every call takes beside its own options. */
export interface CallOptions {
  /** Cancels the work; it fails with the kind `cancelled`, its `cause` the signal's reason. */
  signal?: AbortSignal | null | undefined;
  /**
   * Hears of progress. What it throws ends the work, and is what the call fails with. A promise that it gives is waited for
   * before the call ends.
   */
  onProgress?: ((event: ProgressEvent) => void | Promise<void>) | null | undefined;
}

/** A step of long work. Phases have words such as `packages`; several may be under way at once. */
export type ProgressEvent =
  | {
      type: 'start';
      phase: string;
      /** How much there is to do, where that is known. */
      total: number | null;
      /** What `total` and `by` count. */
      unit: 'bytes' | 'items';
    }
  | {
      type: 'advance';
      phase: string;
      /** How much more is done. */
      by: number;
    }
  | { type: 'finish'; phase: string }
  | {
      type: 'note';
      /** What the user should know though it is no failure. */
      message: string;
    };
