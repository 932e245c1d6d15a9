# frozen_string_literal: true

require_relative 'helper'

# Queries, policies and keyrings.
class TestValues < Minitest::Test
  include Helper

  def test_queries
    query = Reposnap::Query.new('nginx*   (>= 1.22),!Section(% debug)')
    assert_equal 'nginx* (>= 1.22), !Section (% debug)', query.to_s
    assert_equal "#<Reposnap::Query #{query}>", query.inspect
    assert_equal query, Reposnap::Query.new(query)
    assert_equal 1, [query, Reposnap::Query.new(query.to_s)].uniq.size
    refute_equal query, Reposnap::Query.new('nginx')
    refute_equal query, query.to_s
    assert_equal [true, nil], [query.needs_stanza?, query.names]
    plain = Reposnap::Query.new('tools | greet')
    assert_equal [false, %w[greet tools]], [plain.needs_stanza?, plain.names]
  end

  def test_queries_match
    packages = store.packages('inhouse', stanzas: true).to_a
    found = ->(query) { packages.select { |package| Reposnap::Query.new(query).matches?(package) }.map(&:name) }
    assert_equal %w[tools], found['tools (>= 2:1)']
    assert_empty found['tools (>= 2:3)']
    assert_equal %w[greet], found['$Architecture (all)']
    assert_equal store.search('inhouse', 'Maintainer (% *example*)').map(&:name), found['Maintainer (% *example*)']
    bare = store.packages('inhouse').first
    assert Reposnap::Query.new('greet').matches?(bare)
    error = fails('usage') { Reposnap::Query.new('Section (libs)').matches?(bare) }
    assert_equal 'stanza', error.field
  end

  def test_wrong_queries
    error = fails('usage') { Reposnap::Query.new('nginx (>= )') }
    assert_match(/^column 11 of the query/, error.message)
    fails('usage') { Reposnap::Query.new('') }
    fails('limit') { Reposnap::Query.new('a' * (16 << 20)) }
    [nil, 7, %w[a], Object.new].each { |wrong| assert_raises(TypeError) { Reposnap::Query.new(wrong) } }
    assert_raises(EncodingError) { Reposnap::Query.new("\xE9") }
    assert_raises(NoMethodError) { Reposnap::Query.new('a').matches?(nil) }
  end

  def test_policies
    policy = Reposnap::Policy.new(threshold: 2, relax: [:'valid-until'])
    assert_equal({ signers: [], threshold: 2, relax: %w[valid-until] }, policy.to_h)
    assert_match(/valid-until/, policy.to_s)
    assert_equal 1, [policy, Reposnap::Policy.new(threshold: 2, relax: %w[valid-until])].uniq.size
    refute_equal policy, Reposnap::Policy.new
    assert_equal '#<Reposnap::Policy signers=[] threshold=1 relax=[]>', Reposnap::Policy.new.inspect
    assert_raises(FrozenError) { policy.relax << 'weak-digest' }
  end

  def test_wrong_policies
    fails('usage') { Reposnap::Policy.new(relax: %w[nonsense]) }
    fails('usage') { Reposnap::Policy.new(threshold: 0) }
    fails('usage') { Reposnap::Policy.new(signers: %w[abc]) }
    assert_raises(RangeError) { Reposnap::Policy.new(threshold: -1) }
    [nil, '1', 1.5].each { |wrong| assert_raises(TypeError) { Reposnap::Policy.new(threshold: wrong) } }
    assert_raises(TypeError) { Reposnap::Policy.new(relax: [nil]) }
    assert_raises(NoMethodError) { Reposnap::Policy.new(signers: nil) }
    assert_raises(ArgumentError) { Reposnap::Policy.new(strict: true) }
  end

  def test_keyrings
    key = Reposnap.key_generate('Test <test@example.org>', File.join(@folder, 'key'))
    published = store.snapshot('inhouse').publish(File.join(@folder, 'www'), 'stable', key.file)
    keyring = Reposnap::Keyring.new(Pathname.new(published.certificate))
    assert_equal [key.fingerprint], keyring.certificates.map(&:fingerprint)
    release = File.join(@folder, 'www/dists/stable/InRelease')
    assert keyring.verify_release(release).accepted
    two = keyring.verify_release(release, policy: Reposnap::Policy.new(threshold: 2))
    assert_equal 'too-few-signers', two.rejected.rule
    early = keyring.verify_release(release, at: Time.at(0))
    refute early.accepted
    signed = Reposnap.key_sign("hello\n", key.file).signature
    assert_equal "hello\n", keyring.verify_message(signed).text
    other = Reposnap::Policy.new(signers: ['9FED2BCBDCD29CDF762678CBAED4B06F473041FA'])
    refute keyring.verify_message(signed, policy: other).accepted
  end

  def test_keyrings_are_values
    keyring = Reposnap::Keyring.new('a.gpg', %w[b.gpg])
    assert_equal %w[a.gpg b.gpg], keyring.sources
    assert_equal 1, [keyring, Reposnap::Keyring.new('a.gpg', 'b.gpg')].uniq.size
    refute_equal keyring, Reposnap::Keyring.new('a.gpg')
    assert_equal '#<Reposnap::Keyring a.gpg, b.gpg>', keyring.inspect
  end

  def test_wrong_keyrings
    [nil, 7].each { |wrong| assert_raises(TypeError) { Reposnap::Keyring.new(wrong) } }
    fails('usage') { Reposnap::Keyring.new.verify_message('x') }
    missing = Reposnap::Keyring.new(File.join(@folder, 'none.gpg'))
    assert_equal missing.sources.first, fails('not-found') { missing.certificates }.path
    [{ relax: [] }, 'strict'].each do |wrong|
      assert_raises(TypeError) { missing.verify_message('x', policy: wrong) }
      assert_raises(TypeError) { missing.verify_release('x', policy: wrong) }
    end
  end
end
