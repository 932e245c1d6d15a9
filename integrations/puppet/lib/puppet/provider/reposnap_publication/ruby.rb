# frozen_string_literal: true

require_relative '../../../puppet_x/reposnap'

Puppet::Type.type(:reposnap_publication).provide(:ruby) do
  desc 'By the Ruby binding of reposnap.'

  # What the tree is: `absent`, `outdated` (something had to be written), `published`.
  def standing(noop)
    # In a bucket it is the publication itself that looks.
    is_bucket = resource[:directory].include?('://')
    return :absent unless is_bucket || File.exist?(File.join(resource[:directory], 'dists', resource[:suite], 'InRelease'))

    # Where nothing differs, nothing is written.
    done = noop ? foretold : @done = write
    done&.outcome == 'unchanged' ? :published : :outdated
  end

  def publish
    @done ||= PuppetX::Reposnap.told { write }
  end

  private

  # What a run would do; nothing where a snapshot is not there yet, which is news too.
  def foretold
    PuppetX::Reposnap.found { write(dry_run: true) }
  end

  def write(**how)
    store = PuppetX::Reposnap.at(resource[:store])
    names = %i[revs components invalidate password_file codename origin label description compress]
    options = names.to_h { |name| [name, resource[name]] }
    store.publish(resource[:directory], resource[:suite], resource[:key], **options, **how)
  end
end
