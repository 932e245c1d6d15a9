# frozen_string_literal: true

require_relative '../../puppet_x/reposnap'

Puppet::Type.newtype(:reposnap_publication) do
  @doc = <<~TEXT
    A suite in a published directory.

        reposnap_publication { 'stable':
          directory => '/srv/www/debian',
          revs      => ['stable'],
          key       => '/etc/reposnap/key.asc',
        }
  TEXT

  newproperty(:ensure) do
    desc <<~TEXT
      `published`: the tree has what the snapshots have. Each run sees to it, and that is a change where something was
      written. With `--noop` nothing is written, and it is told whether something would be.
    TEXT
    newvalue(:published) { provider.publish }
    defaultto :published

    def retrieve
      provider.standing(resource.noop? || Puppet[:noop])
    end
  end

  newparam(:suite, namevar: true) { desc 'The suite, such as `stable`.' }
  newparam(:store) do
    desc "The store's directory."
    defaultto PuppetX::Reposnap::DEFAULT
  end
  newparam(:directory) { desc 'The directory that a web server serves, or the URL of a bucket.' }
  newparam(:key) { desc 'The signing key: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.' }
  newparam(:invalidate) { desc 'A program that tells a cache which paths have other content now, by its standard input.' }
  newparam(:password_file) { desc 'The file with the password of the key file.' }
  newparam(:components) { desc 'Snapshots by component.' }
  %i[codename origin label description].each do |field|
    newparam(field) { desc "The #{field.capitalize} of the Release file." }
  end
  %i[revs compress].each do |list|
    newparam(list, array_matching: :all) do
      desc list == :revs ? 'The snapshots.' : 'The compressions of indexes: `gz`, `xz`, `zst`.'
      munge { |value| [value].flatten }
    end
  end

  autorequire(:reposnap_environment) { [self[:revs], (self[:components] || {}).values].flatten.compact }
  autorequire(:reposnap_mirror) { [self[:revs], (self[:components] || {}).values].flatten.compact }

  validate do
    missing = %i[directory key].select { |name| self[name].nil? }
    raise Puppet::Error, "a publication needs #{missing.join(' and ')}" unless missing.empty?
    raise Puppet::Error, 'a publication needs revs or components' unless self[:revs] || self[:components]
  end
end
