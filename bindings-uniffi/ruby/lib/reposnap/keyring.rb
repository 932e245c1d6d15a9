# frozen_string_literal: true

module Reposnap
  # The keys that are trusted: keyring files, and armored blocks. They are read anew by each verification.
  #
  #   keyring = Reposnap::Keyring.new('/usr/share/keyrings/debian-archive-keyring.gpg')
  #   verdict = keyring.verify_release('InRelease')
  #   puts verdict.rejected.message unless verdict.accepted
  class Keyring
    # The files and blocks.
    attr_reader :sources

    def initialize(*sources)
      @sources = sources.flatten.map { |source| Reposnap.send(:text, source) }.freeze
    end

    # The certificates, judged now or at another time.
    def certificates(at: nil)
      Reposnap.keyring_show(sources, at: at)
    end

    # Verifies an InRelease file, or a Release file with its Release.gpg; the keywords are those of
    # `Reposnap.verify_release`, and a Policy.
    def verify_release(file, policy: nil, **options)
      Reposnap.verify_release(file, sources, **asked(policy), **options)
    end

    # Verifies a signed text; the keywords are those of `Reposnap.verify_message`, and a Policy.
    def verify_message(message, policy: nil, **options)
      Reposnap.verify_message(message, sources, **asked(policy), **options)
    end

    def ==(other)
      other.is_a?(Keyring) && sources == other.sources
    end
    alias eql? ==

    def hash
      sources.hash
    end

    def inspect
      # An armored block is told by its first line.
      "#<#{self.class} #{sources.map { |source| source.lines.first.to_s.chomp }.join(', ')}>"
    end

    private

    def asked(policy)
      policy.nil? ? {} : Reposnap.send(:of, Policy, policy).to_h
    end
  end
end
