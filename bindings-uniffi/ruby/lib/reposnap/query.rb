# frozen_string_literal: true

module Reposnap
  # A question that a package passes or not, in the language of docs/QUERIES.md. It is read at once: an Error of the kind
  # 'usage' names the column of what can't be understood.
  #
  #   query = Reposnap::Query.new('nginx (>= 1.22)')
  #   store.packages('stable').select { |package| query.matches?(package) }
  class Query
    # The query in its plainest form.
    attr_reader :to_s

    def initialize(query)
      @native = Reposnap.send(:guard) { ReposnapUniffi::Query.parse(Reposnap.send(:text, query)) }
      @to_s = @native.text.freeze
    end

    # Whether a package's stanza is needed to tell; where not, its name, version and architecture do.
    def needs_stanza?
      @native.needs_stanza
    end

    # The names outside of which no package passes, each once and in order; nil where the query does not say.
    def names
      @native.names
    end

    # Whether a package passes: anything that has a name, a version and an architecture, and a stanza where one is needed.
    def matches?(package)
      stanza = package.stanza if needs_stanza?
      Reposnap.send(:guard) { @native.matches(package.name, package.version, package.architecture, stanza) }
    end

    def ==(other)
      other.is_a?(Query) && to_s == other.to_s
    end
    alias eql? ==

    def hash
      to_s.hash
    end

    def inspect
      "#<#{self.class} #{self}>"
    end
  end
end
