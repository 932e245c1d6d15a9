# frozen_string_literal: true

require 'io/wait'
require 'json'

# reposnap: the package repository as the single source of truth.
#
#   store = Reposnap::Store.open('store')
#   store.env_promote('testing', 'nightly', message: 'tested')
module Reposnap
  # The library, which stands beside this file in the gem; REPOSNAP_LIBRARY names another.
  LIBRARY = ENV.fetch('REPOSNAP_LIBRARY') do
    %w[so dylib].map { |ending| File.join(__dir__, 'reposnap', "libreposnap_uniffi.#{ending}") }
                .find { |file| File.exist?(file) } || 'reposnap_uniffi'
  end
end

require_relative 'reposnap/native'
require_relative 'reposnap/support'
require_relative 'reposnap/error'
require_relative 'reposnap/store'
require_relative 'reposnap/version'
require_relative 'reposnap/operations'
require_relative 'reposnap/named'
require_relative 'reposnap/mirror'
require_relative 'reposnap/environment'
require_relative 'reposnap/snapshot'
require_relative 'reposnap/query'
require_relative 'reposnap/policy'
require_relative 'reposnap/keyring'
