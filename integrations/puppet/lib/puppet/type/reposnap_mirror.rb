# frozen_string_literal: true

require_relative '../../puppet_x/reposnap'

Puppet::Type.newtype(:reposnap_mirror) do
  @doc = <<~TEXT
    A mirror of an APT repository, or of a folder of packages.

        reposnap_mirror { 'debian':
          ensure    => latest,
          url       => 'http://deb.example.org/debian',
          suites    => ['bookworm'],
          signed_by => ['/usr/share/keyrings/debian-archive-keyring.gpg'],
        }
  TEXT

  newproperty(:ensure) do
    desc <<~TEXT
      `present`: the mirror has these settings. `latest`: and each run updates it, which is a change where upstream has
      something new. With `--noop` the upstream is asked whether it has, and nothing is written.
    TEXT
    newvalue(:present) { provider.configure }
    newvalue(:latest) { provider.configure_and_update }
    defaultto :present

    def retrieve
      provider.standing(should, noop?)
    end

    # Whether this is a run that may not change anything.
    def noop?
      resource.noop? || Puppet[:noop]
    end
  end

  newparam(:name, namevar: true) { desc "The mirror's name." }
  newparam(:store) do
    desc "The store's directory."
    defaultto PuppetX::Reposnap::DEFAULT
  end
  newparam(:url) { desc "The repository's base URL: http, https or file." }
  newparam(:folder) { desc 'A folder of packages, instead of a repository.' }
  newparam(:component) { desc 'The component for the packages of a folder.' }
  newparam(:packages) { desc 'When to fetch packages: `all`, `on-demand` or `none`.' }
  newparam(:filter) { desc 'Keep only the packages that pass a query.' }
  %i[suites components architectures signed_by signers].each do |list|
    newparam(list, array_matching: :all) do
      desc "The #{list.to_s.tr('_', ' ')}."
      munge { |value| [value].flatten }
    end
  end

  validate do
    raise Puppet::Error, 'a mirror has either url or folder' unless self[:url].nil? ^ self[:folder].nil?

    missing = self[:url] ? %i[suites signed_by].select { |name| self[name].nil? } : []
    raise Puppet::Error, "a mirror of a repository needs #{missing.join(' and ')}" unless missing.empty?
  end
end
