# frozen_string_literal: true

module Reposnap
  # An environment: a name that moves from snapshot to snapshot, with its history.
  class Environment < Named
    # Creates it, at the snapshot that it begins with.
    def create(rev, **options, &progress)
      store.env_create(name, rev, **options, &progress)
    end

    # Its newest entry.
    def show(**options, &progress)
      store.env_show(name, **options, &progress)
    end

    # The snapshot that it is at.
    def snapshot
      Snapshot.new(store, show.snapshot)
    end

    # Its history, newest first; the last 50 entries where there is no `limit`.
    def log(**options, &progress)
      store.env_log(name, **options, &progress)
    end

    # Moves it to a snapshot, or takes over some of its `packages`.
    def promote(rev, **options, &progress)
      store.env_promote(name, rev, **options, &progress)
    end

    # Moves it back: `to` where, or to the state before.
    def rollback(**options, &progress)
      store.env_rollback(name, **options, &progress)
    end
  end
end
