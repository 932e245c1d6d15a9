# frozen_string_literal: true

# The versions of packages that apt would install from a snapshot, all of them at once. It fails where they can't be installed
# together.
#
#     $versions = reposnap::resolved('stable', ['nginx', 'libssl3'], { 'pins' => ['/etc/apt/preferences.d/nginx'] })
#     package { 'nginx':
#       ensure => $versions['nginx'],
#     }
Puppet::Functions.create_function(:'reposnap::resolved') do
  # @param rev The snapshot: an environment, a mirror, a named snapshot.
  # @param packages The packages' names.
  # @param settings The store's directory, /var/lib/reposnap by default; and what the operation `resolve` takes.
  dispatch :resolved do
    param 'String[1]', :rev
    param 'Array[Pattern[/\A[a-z0-9][a-z0-9+.-]*\z/], 1]', :packages
    optional_param "Struct[{
      Optional['store'] => String[1],
      Optional['solver'] => Enum['apt-classic', 'apt-3', 'closure'],
      Optional['no_recommends'] => Boolean,
      Optional['also'] => Array[String[1]],
      Optional['pins'] => Array[String[1]],
      Optional['architecture'] => String[1]
    }]", :settings
    return_type 'Hash[String, String]'
  end

  def resolved(rev, packages, settings = {})
    require 'reposnap'
    settings = settings.transform_keys(&:to_sym)
    store = Reposnap::Store.at(settings.delete(:store) || '/var/lib/reposnap')
    found = store.resolve(rev, packages, **settings)[:packages]
    found.reject { |package| package[:automatic] }.to_h { |package| [package[:name], package[:version]] }
  end
end
