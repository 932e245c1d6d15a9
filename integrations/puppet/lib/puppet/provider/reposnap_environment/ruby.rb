# frozen_string_literal: true

require_relative '../../../puppet_x/reposnap'

Puppet::Type.type(:reposnap_environment).provide(:ruby) do
  desc 'By the Ruby binding of reposnap.'

  def before
    plan&.before
  end

  def after
    plan&.after
  end

  # Whether a move would change nothing.
  def there?
    !plan.nil? && plan.before == plan.after
  end

  def rev=(rev)
    PuppetX::Reposnap.told { promote(rev, dry_run: false) }
    @plan = nil
  end

  private

  # What a move would do; nothing where what it would move to is not there yet, as in a first run with --noop.
  def plan
    @plan ||= PuppetX::Reposnap.found { promote(resource[:rev], dry_run: true) }
  end

  def promote(rev, dry_run:)
    @store ||= PuppetX::Reposnap.at(resource[:store])
    @store.env_promote(resource[:name], rev, create: true, dry_run: dry_run, packages: resource[:packages],
                                             with_deps: resource[:with_deps],
                                             evidence: resource[:evidence], key: resource[:key],
                                             message: resource[:message])
  end
end
