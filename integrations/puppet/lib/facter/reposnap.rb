# frozen_string_literal: true

# The fact `reposnap`: the version of the library, and the environments of the store (REPOSNAP_STORE, or /var/lib/reposnap)
# with the snapshot of each. There is none where the library or the store is missing.
Facter.add(:reposnap) do
  setcode do
    require 'reposnap'
    directory = ENV.fetch('REPOSNAP_STORE', '/var/lib/reposnap')
    environments = Reposnap::Store.open(directory, read_only: true) do |store|
      store.env_list.to_h { |entry| [entry.environment, { 'snapshot' => entry.snapshot, 'time' => entry.time }] }
    end
    { 'version' => Reposnap::VERSION, 'store' => directory, 'environments' => environments }
  rescue LoadError
    nil
  rescue Reposnap::Error => error
    Facter.debug("reposnap: #{error.text}")
    nil
  end
end
