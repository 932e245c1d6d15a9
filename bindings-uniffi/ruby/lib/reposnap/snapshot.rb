# frozen_string_literal: true

module Reposnap
  # A snapshot: a set of packages that never changes, named by its digest. Its methods are operations of the store, and take
  # the keywords and the block of those too.
  #
  # It enumerates its packages. Only `filter` is not what Enumerable has: it makes a snapshot; `select` makes an Array.
  class Snapshot
    include Enumerable

    # The store that it is in.
    attr_reader :store

    # Its name, 64 hexadecimal digits.
    attr_reader :digest

    alias to_s digest

    # `Store#snapshot` makes one of any REV.
    def initialize(store, digest)
      @store = Reposnap.send(:of, Store, store)
      @digest = Reposnap.send(:text, digest)
    end

    # What it is, and what it was made from.
    def show(**options, &progress)
      store.snapshot_show(digest, **options, &progress)
    end

    # Its packages, as `Store#packages` has them; an Enumerator where there is no block.
    def packages(**options, &block)
      walk = store.packages(digest, **options)
      return walk unless block

      walk.each(&block)
      self
    end

    # Its packages, without their stanzas.
    def each(&block)
      packages(&block)
    end

    # The packages that pass a query, all at once and in order of their names.
    def search(query, **options, &progress)
      store.search(digest, query, **options, &progress)
    end

    # What differs between it and a later one.
    def diff(after, **options, &progress)
      store.snapshot_diff(digest, after, **options, &progress)
    end

    # A new snapshot of the packages that pass a query.
    def filter(query, **options, &progress)
      made(store.snapshot_filter(digest, query, **options, &progress))
    end

    # A new snapshot, in which the packages that pass one of the queries are those of another.
    def pull(from, *queries, **options, &progress)
      made(store.snapshot_pull(digest, from, queries.flatten, **options, &progress))
    end

    # The versions that packages bring along, as apt would choose.
    def choose(*names, **options, &progress)
      store.resolve(digest, names.flatten, **options, &progress)
    end

    # Its packages that nobody can install, and why.
    def check(**options, &progress)
      store.check(digest, **options, &progress)
    end

    # A new snapshot of its packages and those of others; by the default rule, the first that has a package wins.
    def merge(*others, **options, &progress)
      made(store.snapshot_merge([digest, *others.flatten], **options, &progress))
    end

    # Fetches packages that a mirror left where they are.
    def fetch(**options, &progress)
      store.fetch(digest, **options, &progress)
    end

    # How the packages that are installed on a machine stand to it.
    def system_compare(**options, &progress)
      store.system_compare(digest, **options, &progress)
    end

    # Publishes it as a signed tree that apt reads.
    def publish(to, suite, key, **options, &progress)
      raise ArgumentError, 'unknown keyword: :revs' if options.key?(:revs)

      store.publish(to, suite, key, revs: [digest], **options, &progress)
    end

    # Publishes its upstream's own indexes and signature.
    def publish_verbatim(to, **options, &progress)
      store.publish_verbatim(digest, to, **options, &progress)
    end

    # What a digest names is the same in every store.
    def ==(other)
      other.is_a?(Snapshot) && digest == other.digest
    end
    alias eql? ==

    def hash
      digest.hash
    end

    def inspect
      "#<#{self.class} #{digest}>"
    end

    private

    def made(document)
      Snapshot.new(store, document.snapshot)
    end
  end
end
