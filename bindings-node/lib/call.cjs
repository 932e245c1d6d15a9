'use strict';
// One piece of work: its cancellation, its progress and its end.

const { settle, usage, wrap } = require('./errors.cjs');
const { native } = require('./native.cjs');

/** How a caller follows work: `signal` cancels it, `onProgress` hears of it. */
class Follower {
  #monitor;
  #signal;
  #onAbort;
  #onProgress;
  #failure;
  #answers = new Set();

  constructor({ signal, onProgress } = {}) {
    if (signal !== undefined && signal !== null && !isSignal(signal)) {
      throw usage('must be an AbortSignal', { field: 'signal' });
    }
    if (onProgress !== undefined && onProgress !== null && typeof onProgress !== 'function') {
      throw usage('must be a function', { field: 'onProgress' });
    }
    this.#onProgress = onProgress ?? undefined;
    // The addon holds this closure until `finish`.
    this.#monitor = new native.Monitor(this.#onProgress && (() => this.#tell(this.#monitor.drain())));
    if (signal) {
      this.#signal = signal;
      this.#onAbort = () => this.#monitor.cancel();
      if (signal.aborted) this.#monitor.cancel();
      else signal.addEventListener('abort', this.#onAbort, { once: true });
    }
  }

  /** What the addon takes. */
  get monitor() {
    return this.#monitor;
  }

  /** Why the caller's signal was aborted, where it was. */
  get reason() {
    return this.#signal?.aborted ? this.#signal.reason : undefined;
  }

  /** Ends the work. */
  cancel() {
    this.#monitor.cancel();
  }

  /** Throws what the caller's callback threw. */
  async check() {
    await Promise.all(this.#answers);
    if (this.#failure) throw this.#failure.thrown;
  }

  /** Lets go of everything, once the last events are told. */
  finish() {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#tell(this.#monitor.finish());
  }

  /** Hands events on. A callback that throws ends the work and is asked nothing more. */
  #tell(outcome) {
    for (const event of settle(outcome)) {
      if (this.#failure) return;
      try {
        const answer = this.#onProgress(event);
        if (typeof answer?.then === 'function') this.#hear(answer);
      } catch (thrown) {
        this.#fail(thrown);
      }
    }
  }

  /** Waits for a promise that the callback gave, at the end; one that is rejected ends the work before. */
  #hear(answer) {
    const heard = Promise.resolve(answer)
      .catch((thrown) => this.#fail(thrown))
      .finally(() => this.#answers.delete(heard));
    this.#answers.add(heard);
  }

  #fail(thrown) {
    this.#failure ??= { thrown };
    this.cancel();
  }
}

/** Runs `work`, which starts it in the addon and gives a promise of its outcome; the document. */
async function run(options, work) {
  const follower = new Follower(options);
  let outcome;
  try {
    outcome = await work(follower.monitor);
  } catch (error) {
    throw wrap(error);
  } finally {
    follower.finish();
  }
  await follower.check();
  return settle(outcome, follower.reason);
}

function isSignal(value) {
  return typeof value === 'object' && typeof value.aborted === 'boolean' && typeof value.addEventListener === 'function';
}

module.exports = { Follower, run };
