# frozen_string_literal: true

# What the types, the function and the fact share.
module PuppetX
  # Stores by their directory.
  module Reposnap
    DEFAULT = '/var/lib/reposnap'

    # The store in a directory; mirrors make it where there is none.
    def self.at(directory)
      require 'reposnap'
      ::Reposnap::Store.at(directory)
    end

    # Runs a block, and gives nil where what it asks for is not there.
    def self.found
      yield
    rescue ::Reposnap::Error => error
      raise unless error.kind == 'not-found'

      nil
    end

    # Runs a block; what fails is told with its place and what to do.
    def self.told
      yield
    rescue ::Reposnap::Error => error
      raise Puppet::Error, error.text
    end

    # A digest as people read it.
    def self.short(digest)
      digest ? digest[0, 12] : 'absent'
    end
  end
end
