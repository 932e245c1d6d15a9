# frozen_string_literal: true

module Reposnap
  # The version of the library.
  VERSION = ReposnapUniffi.library_version

  # A version of a Debian package, in dpkg's order.
  #
  #   Reposnap::Version.new('1.0~rc1') < Reposnap::Version.new('1.0')   # => true
  class Version
    include Comparable

    attr_reader :to_s

    def initialize(text)
      @to_s = String(text).encode(Encoding::UTF_8).freeze
    end

    def <=>(other)
      ReposnapUniffi.compare_versions(to_s, other.to_s) if other.is_a?(Version)
    end

    # Equal spellings, such as 1.0 and 0:1.0-0, are one key of a Hash.
    def eql?(other)
      other.is_a?(Version) && self == other
    end

    def hash
      sort_key.hash
    end

    # Bytes that compare as versions do.
    def sort_key
      ReposnapUniffi.version_sort_key(to_s)
    end

    def inspect
      "#<#{self.class} #{self}>"
    end
  end

  class << self
    # Runs an operation that needs no store by its name, with its parameters, and gives its document as a Hash.
    def call(operation, **request)
      guard { JSON.parse(ReposnapUniffi.call(operation.to_s, JSON.generate(plain(request))), symbolize_names: true) }
    end

    # The operations, with the names, types and meanings of their parameters.
    def operations
      guard { ReposnapUniffi.operations }
    end
  end
end
