# frozen_string_literal: true

require_relative 'helper'

# Mirrors, environments and snapshots as objects.
class TestViews < Minitest::Test
  include Helper

  def setup
    super
    @store = store
    @store.mirror_add_folder('other', File.join(PACKAGES, 'two'))
  end

  def test_the_workflow
    newer = @store.mirror('other')
    assert_nil newer.snapshot
    events = []
    assert newer.update { |event| events << event }.changed
    refute_empty events
    assert_equal newer.show.snapshot, newer.snapshot.digest
    first = @store.snapshot('inhouse')
    nightly = @store.environment(:nightly)
    assert_equal first.digest, nightly.create(first, message: 'the first').snapshot
    assert nightly.promote(first.merge(newer.snapshot, rule: :newest)).moved
    refute_equal first, nightly.snapshot
    nightly.rollback(message: 'back')
    assert_equal first, nightly.snapshot
    assert_equal [3, 1], [nightly.log.size, nightly.log(limit: 1).size]
    assert_equal 'back', nightly.show.message
  end

  def test_stores_list_what_they_have
    @store.environment('nightly').create('inhouse')
    assert_equal %w[inhouse other], @store.mirrors.map(&:name)
    assert_equal [@store.environment('nightly')], @store.environments
    assert_equal [@store.snapshot('inhouse')], @store.snapshots
  end

  def test_snapshots_enumerate
    snapshot = @store.snapshot('inhouse')
    assert_equal %w[greet tools], snapshot.map(&:name)
    assert_equal [2, 'greet'], [snapshot.count, snapshot.first.name]
    assert_kind_of Enumerator, snapshot.each
    assert_same snapshot, snapshot.each { |package| refute_nil package }
    stanzas = snapshot.packages(query: Reposnap::Query.new('tools'), stanzas: true).map(&:stanza)
    assert_equal 1, stanzas.grep(/^Package: tools$/).size
    assert_equal %w[tools], snapshot.search(Reposnap::Query.new('tools')).map(&:name)
  end

  def test_snapshots_make_others
    @store.mirror('other').update
    one, two = %w[inhouse other].map { |name| @store.snapshot(name) }
    tools = one.filter('tools', name: 'tools')
    assert_equal [%w[tools], tools], [tools.map(&:name), @store.snapshot('tools')]
    assert_equal %w[extra greet tools], one.merge(two, rule: :newest).map(&:name)
    assert_equal one.merge(two, 'tools'), one.merge([two, tools])
    pulled = one.pull(two, 'greet', Reposnap::Query.new('extra'))
    assert_equal({ 'extra' => '0.1', 'greet' => '1.1-1', 'tools' => '2:2.0-1' }, pulled.to_h { |found| [found.name, found.version] })
    assert_equal pulled, one.pull('other', %w[greet extra])
    assert_equal %w[greet], pulled.choose('greet', architecture: 'amd64').packages.map(&:name)
    assert_equal 3, pulled.check(architecture: 'amd64').checked
    assert_includes one.diff(pulled).differences.map(&:name), 'extra'
    assert_equal one.digest, one.show.snapshot
  end

  def test_snapshots_are_published
    snapshot = @store.snapshot('inhouse')
    key = Reposnap.key_generate('Test <test@example.org>', File.join(@folder, 'key'))
    www = Pathname.new(@folder) + 'www'
    assert_equal 2, snapshot.publish(www, 'stable', key.file, origin: 'Example').packages
    assert_match(/^Origin: Example$/, (www + 'dists/stable/InRelease').read)
    assert_raises(ArgumentError) { snapshot.publish(www, 'stable', key.file, revs: ['other']) }
    fails('unsupported') { snapshot.publish_verbatim(www) }
    assert_equal 0, snapshot.fetch(query: 'tools').files
  end

  def test_equality
    one = @store.snapshot('inhouse')
    assert_equal one, store.snapshot('inhouse')
    assert_equal 1, [one, store.snapshot(one), Reposnap::Snapshot.new(@store, one.digest)].uniq.size
    refute_equal one, one.digest
    assert_equal @store.mirror('inhouse'), @store.mirror(:inhouse)
    assert_equal 1, { @store.mirror('a') => 1, @store.mirror('a') => 2 }.size
    refute_equal @store.mirror('a'), store.mirror('a')
    refute_equal @store.mirror('a'), @store.environment('a')
    assert_equal ["#<Reposnap::Mirror a>", 'a'], [@store.mirror('a').inspect, "#{@store.mirror('a')}"]
    assert_equal ["#<Reposnap::Snapshot #{one.digest}>", one.digest], [one.inspect, "#{one}"]
  end

  def test_snapshots_stand_where_texts_do
    one = @store.snapshot('inhouse')
    assert_equal one.digest, @store.env_create('stable', one).snapshot
    assert_equal one.digest, @store.call('snapshot show', rev: one)[:snapshot]
    assert_equal one, @store.snapshot(one)
    assert_equal 2, @store.packages(one).count
  end

  def test_wrong_arguments
    [nil, 7, Object.new].each do |wrong|
      %i[mirror environment snapshot].each { |view| assert_raises(TypeError) { @store.public_send(view, wrong) } }
      [Reposnap::Mirror, Reposnap::Environment, Reposnap::Snapshot].each do |type|
        assert_raises(TypeError) { type.new(wrong, 'inhouse') }
      end
      assert_raises(TypeError) { @store.snapshot('inhouse').diff(wrong) }
      assert_raises(TypeError) { @store.snapshot('inhouse').filter(wrong) }
      assert_raises(TypeError) { @store.snapshot('inhouse').merge(wrong) }
    end
    assert_raises(EncodingError) { @store.mirror("caf\xE9") }
    assert_raises(ArgumentError) { @store.mirror('inhouse').update(force: true) }
    assert_raises(ArgumentError) { @store.snapshot('inhouse').filter { true } }
    fails('not-found') { @store.snapshot('nothing') }
    fails('not-found') { @store.environment('nothing').snapshot }
    fails('not-found') { Reposnap::Snapshot.new(@store, '0' * 64).first }
    fails('usage') { @store.snapshot('inhouse').pull('other') }
  end

  def test_closed_stores
    snapshot = @store.snapshot('inhouse')
    mirror = @store.mirror('inhouse')
    @store.close
    [-> { snapshot.show }, -> { snapshot.first }, -> { mirror.update }, -> { @store.mirrors },
     -> { @store.snapshot('inhouse') }, -> { @store.environment('a').log }].each do |call|
      assert_equal 'the store is closed', fails('usage', &call).message
    end
    assert_equal snapshot, Reposnap::Snapshot.new(@store, snapshot.digest)
  end

  def test_cancellation
    cancel = Reposnap::Cancel.new
    cancel.cancel
    fails('cancelled') { @store.mirror('other').update(cancel: cancel) }
    fails('cancelled') { @store.snapshot('inhouse').show(cancel: cancel) }
  end
end
