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
end
