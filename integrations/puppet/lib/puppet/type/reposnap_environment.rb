# frozen_string_literal: true

require 'puppet/parameter/boolean'
require_relative '../../puppet_x/reposnap'

Puppet::Type.newtype(:reposnap_environment) do
  @doc = <<~TEXT
    An environment, and the snapshot that it is at.

        reposnap_environment { 'testing':
          rev     => 'nightly',
          message => 'the nightly run was green',
        }
  TEXT

  newparam(:name, namevar: true) { desc "The environment's name." }
  newparam(:store) do
    desc "The store's directory."
    defaultto PuppetX::Reposnap::DEFAULT
  end
  newparam(:packages, array_matching: :all) do
    desc 'Take over only the packages that pass one of these queries.'
    munge { |value| [value].flatten }
  end
  newparam(:with_deps, boolean: true, parent: Puppet::Parameter::Boolean) do
    desc 'Take along what the packages need, and what has to move with them.'
    defaultto false
  end
  newparam(:evidence, array_matching: :all) do
    desc 'What speaks for a move, where the environment has a policy: tests=FILE, approval=FILE and the like.'
    munge { |value| [value].flatten }
  end
  newparam(:key) { desc 'The key that signs the entry of the history: a file, or gpg:FINGERPRINT.' }
  newparam(:message) { desc 'Why, for the history.' }

  newproperty(:rev) do
    desc 'The snapshot: an environment, a mirror, a named snapshot, or the first digits of a digest.'

    def retrieve
      provider.before
    end

    def insync?(_before)
      provider.there?
    end

    def is_to_s(value) # rubocop:disable Naming/PredicateName -- Puppet's own
      PuppetX::Reposnap.short(value)
    end

    def should_to_s(value)
      "#{value} (#{PuppetX::Reposnap.short(provider.after)})"
    end
  end

  # What it takes its packages from comes first.
  autorequire(:reposnap_mirror) { self[:rev] }
  autorequire(:reposnap_environment) { self[:rev] }

  validate do
    raise Puppet::Error, 'an environment needs a rev' if self[:rev].nil?
  end
end
