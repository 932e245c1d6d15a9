# frozen_string_literal: true

require_relative '../../../puppet_x/reposnap'

Puppet::Type.type(:reposnap_mirror).provide(:ruby) do
  desc 'By the Ruby binding of reposnap.'

  # What the mirror is: `absent`, `different` (other settings), `present`, `outdated` (there was something new), `latest`.
  def standing(wanted, noop)
    name = resource[:name]
    shown = PuppetX::Reposnap.found { store.mirror_show(name) }
    return :absent unless shown
    return :different if add(dry_run: true).changed
    return :present unless wanted == :latest
    return store.mirror_update(name, dry_run: true).changed ? :outdated : :latest if noop

    # What was fetched is a snapshot already.
    @updated = store.mirror_update(name)
    @updated.changed ? :outdated : :latest
  end

  def configure
    PuppetX::Reposnap.told { add }
  end

  def configure_and_update
    return if @updated

    configure
    PuppetX::Reposnap.told { store.mirror_update(resource[:name]) }
  end

  private

  def store
    @store ||= PuppetX::Reposnap.at(resource[:store])
  end

  def add(**how)
    how[:replace] = true
    if resource[:folder]
      store.mirror_add_folder(resource[:name], resource[:folder], component: resource[:component], **how)
    else
      lists = %i[components architectures signers packages filter].to_h { |name| [name, resource[name]] }
      store.mirror_add(resource[:name], resource[:url], resource[:suites], resource[:signed_by], **lists, **how)
    end
  end
end
