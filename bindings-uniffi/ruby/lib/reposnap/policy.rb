# frozen_string_literal: true

module Reposnap
  # What a signature must be to count: who must have signed, and which rules are given up.
  #
  #   Reposnap::Policy.new(signers: ['9FED2BCBDCD29CDF762678CBAED4B06F473041FA'], relax: ['weak-digest'])
  class Policy
    # The fingerprints that count; all of the keyring's where there are none.
    attr_reader :signers

    # How many of the keys must have signed.
    attr_reader :threshold

    # The rules that are given up, by their names in docs/JSON.md.
    attr_reader :relax

    # All of it in words, a rule on each line.
    attr_reader :to_s

    # An Error of the kind 'usage' tells what can't be, such as a rule that can't be relaxed.
    def initialize(signers: [], threshold: 1, relax: [])
      @signers = signers.map { |one| Reposnap.send(:text, one) }.freeze
      @threshold = Reposnap.send(:of, Integer, threshold)
      @relax = relax.map { |one| Reposnap.send(:text, one) }.freeze
      @to_s = Reposnap.send(:guard) { ReposnapUniffi.policy_text(@signers, @threshold, @relax) }.freeze
    end

    # What operations take it as.
    def to_h
      { signers: signers, threshold: threshold, relax: relax }
    end

    def ==(other)
      other.is_a?(Policy) && to_h == other.to_h
    end
    alias eql? ==

    def hash
      to_h.hash
    end

    def inspect
      "#<#{self.class} signers=#{signers} threshold=#{threshold} relax=#{relax}>"
    end
  end
end
