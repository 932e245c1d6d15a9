# frozen_string_literal: true

require 'pathname'

module Reposnap
  # What the records of documents can do beyond their fields.
  module Document
    # The fields by name, and those of what is inside.
    def to_h
      instance_variables.to_h { |name| [name.to_s.delete_prefix('@').to_sym, Document.plain(instance_variable_get(name))] }
    end

    # A field by name.
    def [](name)
      public_send(name)
    end

    def self.plain(value)
      case value
      when Document then value.to_h
      when Array then value.map { |one| plain(one) }
      when Hash then value.transform_values { |one| plain(one) }
      else value
      end
    end

    def self.extend_all(namespace)
      namespace.constants.map { |name| namespace.const_get(name) }.grep(Class).each do |type|
        next if type <= Exception || type.ancestors.include?(FFI::Struct)

        type.include(Document)
      end
    end
  end

  Document.extend_all(ReposnapUniffi)

  # What ends work early: `cancel.cancel`, from any thread.
  Cancel = ReposnapUniffi::Cancel

  class << self
    private

    # What is handed on as text: a Symbol is a word, a Pathname a path, a Time a time, a Snapshot its digest.
    def plain(value)
      case value
      when Symbol, Pathname, Snapshot, Query then value.to_s
      when Time then value.getutc.strftime('%Y-%m-%dT%H:%M:%SZ')
      when Array then value.map { |one| plain(one) }
      when Hash then value.to_h { |name, one| [plain(name), plain(one)] }
      else value
      end
    end

    # A text to keep. What is none is told here as a call would tell it.
    def text(value)
      ReposnapUniffi.uniffi_utf8(plain(value)).freeze
    end

    # A value to keep that has to be of a class.
    def of(type, value)
      return value if value.is_a?(type)

      raise TypeError, "must be a #{type}, not #{value.inspect}"
    end
  end
end
