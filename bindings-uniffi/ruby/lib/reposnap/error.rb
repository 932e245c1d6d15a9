# frozen_string_literal: true

module Reposnap
  # A failure. `kind` is one of the words of docs/JSON.md, such as 'not-found'; the others may be nil.
  class Error < StandardError
    # The fields of an error, beside its message.
    FIELDS = %i[kind path line field rule expected found help].freeze

    attr_reader(*FIELDS)

    # The whole failure in one line: place, sentence and advice.
    attr_reader :text

    def initialize(message = 'the library failed', text: message, kind: 'internal', path: nil, line: nil, field: nil,
                   rule: nil, expected: nil, found: nil, help: nil)
      super(message)
      @text = text
      @kind = kind
      @path = path
      @line = line
      @field = field
      @rule = rule
      @expected = expected
      @found = found
      @help = help
    end

    # The document `Error`, without what it lacks.
    def to_h
      { message: message }.merge(FIELDS.to_h { |field| [field, public_send(field)] }).compact
    end

    def self.of(failed)
      new(failed.message, text: failed.text, **FIELDS.to_h { |field| [field, failed.public_send(field)] })
    end
    private_class_method :of
  end

  class << self
    private

    # Turns the errors of the library into ours.
    def guard
      yield
    rescue ReposnapUniffi::ReposnapError::Failed => failed
      raise Error.send(:of, failed)
    rescue ReposnapUniffi::InternalError => panic
      raise Error.new(panic.message, kind: 'internal')
    end
  end
end
