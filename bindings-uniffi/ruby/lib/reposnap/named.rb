# frozen_string_literal: true

module Reposnap
  # What a Mirror and an Environment are: a name in a store, which need not be there yet. Their methods are operations of
  # the store, and take the keywords and the block of those too. Equal names in one store are one key of a Hash.
  class Named
    # The store that it is in.
    attr_reader :store

    # Its name.
    attr_reader :name

    alias to_s name

    def initialize(store, name)
      @store = Reposnap.send(:of, Store, store)
      @name = Reposnap.send(:text, name)
    end

    def ==(other)
      other.instance_of?(self.class) && name == other.name && store.equal?(other.store)
    end
    alias eql? ==

    def hash
      [self.class, name].hash
    end

    def inspect
      "#<#{self.class} #{name}>"
    end
  end
end
