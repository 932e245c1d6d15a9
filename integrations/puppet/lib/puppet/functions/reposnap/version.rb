# frozen_string_literal: true

# The version of a package that a snapshot has: the newest, where it has several; undef where it has none.
#
#     package { 'nginx':
#       ensure => reposnap::version('stable', 'nginx'),
#     }
Puppet::Functions.create_function(:'reposnap::version') do
  # @param rev The snapshot: an environment, a mirror, a named snapshot.
  # @param package The package's name.
  # @param store The store's directory; /var/lib/reposnap by default.
  dispatch :version do
    param 'String[1]', :rev
    param 'Pattern[/\A[a-z0-9][a-z0-9+.-]*\z/]', :package
    optional_param 'String[1]', :store
    return_type 'Optional[String]'
  end

  def version(rev, package, store = nil)
    require 'reposnap'
    Reposnap::Store.at(store || '/var/lib/reposnap').search(rev, package).map(&:version).max_by { |found| Reposnap::Version.new(found) }
  end
end
