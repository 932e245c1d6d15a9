# frozen_string_literal: true

module Reposnap
  # A mirror: where snapshots come from. `Store#mirror_add` and its like make one.
  class Mirror < Named
    # What it mirrors, and its newest snapshot.
    def show(**options, &progress)
      store.mirror_show(name, **options, &progress)
    end

    # Updates it; what that made is a new snapshot.
    def update(**options, &progress)
      store.mirror_update(name, **options, &progress)
    end

    # Its newest snapshot; nil before the first update.
    def snapshot
      digest = show.snapshot
      Snapshot.new(store, digest) if digest
    end
  end
end
