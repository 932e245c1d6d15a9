# frozen_string_literal: true

module Reposnap
  # A store: mirrors, snapshots and environments. Its methods wait for the end of their work, and let other threads go on
  # meanwhile. Those that take a block hand it their progress.
  class Store
    class << self
      # Opens the store in a directory. With a block, closes it at its end and gives what the block gives.
      def open(directory, read_only: false, &block)
        made(:"open#{'_read_only' if read_only}", directory, &block)
      end

      # Makes a store in a directory.
      def create(directory, &block)
        made(:create, directory, &block)
      end

      # Opens the store in a directory, or makes it where there is none.
      def open_or_create(directory, &block)
        made(:open_or_create, directory, &block)
      end

      # Names a store that each operation opens for itself; those that begin a store make it where there is none.
      def at(directory, &block)
        made(:at, directory, &block)
      end

      # Makes a store in memory.
      def memory(&block)
        made(:memory, &block)
      end

      private

      def made(how, *directory)
        store = new(Reposnap.send(:guard) { ReposnapUniffi::Store.public_send(how, *directory.map(&:to_s)) })
        return store unless block_given?

        begin
          yield store
        ensure
          store.close
        end
      end
    end

    private_class_method :new

    def initialize(native)
      @native = native
    end

    # Says who acts, for the histories; the user's name otherwise.
    def actor=(name)
      Reposnap.send(:guard) { @native.set_actor(name) }
    end

    # Closes the store: later calls fail.
    def close
      @native.close
    end

    # The packages of a snapshot, each once, list by list in order of their names; an Enumerator where there is no block.
    # A few MiB are held at a time, however many packages there are.
    #
    # @param rev [String, Snapshot] The snapshot.
    # @param query [String, Query] Which packages; all by default.
    # @param stanzas [Boolean] Read their stanzas too.
    def packages(rev, query: nil, stanzas: false)
      return enum_for(:packages, rev, query: query, stanzas: stanzas) unless block_given?

      walk = Reposnap.send(:guard) { @native.packages(plain(rev), plain(query), stanzas) }
      loop do
        batch = Reposnap.send(:guard) { walk.next_batch(BATCH) }
        break if batch.empty?

        batch.each { |package| yield package }
      end
      self
    end

    # The mirror of a name, which need not be there yet.
    def mirror(name)
      Mirror.new(self, name)
    end

    # All mirrors.
    def mirrors
      mirror_list.map { |shown| mirror(shown.mirror) }
    end

    # The snapshot that a REV names now: an environment, a mirror, a named snapshot, or digits of a digest.
    def snapshot(rev)
      Snapshot.new(self, snapshot_resolve(rev).snapshot)
    end

    # All snapshots.
    def snapshots
      snapshot_list.map { |listed| Snapshot.new(self, listed.snapshot) }
    end

    # The environment of a name, which need not be there yet.
    def environment(name)
      Environment.new(self, name)
    end

    # All environments.
    def environments
      env_list.map { |entry| environment(entry.environment) }
    end

    # Runs an operation by its name, such as 'mirror add', with its parameters, and gives its document as a Hash.
    def call(operation, cancel: nil, **request, &progress)
      text = JSON.generate(Reposnap.send(:plain, request))
      JSON.parse(watched(cancel, progress) { |native| native.call(operation.to_s, text) }, symbolize_names: true)
    end

    # How many packages cross from the library at a time.
    BATCH = 1024
    private_constant :BATCH

    # Hands events to a block, and keeps what it raises for the caller.
    class Listener
      attr_reader :raised

      def initialize(block)
        @block = block
      end

      def event(event)
        @block.call(event)
        nil
      rescue Exception => raised # rubocop:disable Lint/RescueException -- it is raised again behind the call
        @raised = raised
        raise StandardError, raised.message
      end
    end
    private_constant :Listener

    private

    def watched(cancel, progress)
      return Reposnap.send(:guard) { yield @native } unless cancel || progress

      listener = progress && Listener.new(progress)
      begin
        Reposnap.send(:guard) { yield @native.watched(cancel, listener) }
      rescue Error
        raise listener.raised if listener&.raised

        raise
      end
    end

    def plain(value)
      Reposnap.send(:plain, value)
    end
  end
end
