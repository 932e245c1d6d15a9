# frozen_string_literal: true

require_relative 'helper'
require 'timeout'

# Stores, walks, progress, errors, threads and forks.
class TestStore < Minitest::Test
  include Helper

  def test_documents_are_objects
    store = self.store
    store.actor = 'ana'
    promoted = store.env_promote('nightly', 'inhouse', create: true, message: 'the first')
    assert_equal ['nightly', true], [promoted.environment, promoted.moved]
    entry = store.env_log('nightly', limit: 1).first
    assert_equal ['ana', 'the first', promoted.after], [entry.actor, entry[:message], entry.snapshot]
    store.env_create('testing', 'inhouse')
    assert store.env_show('testing').change.created?
    assert_equal({ 'tools' => '2:2.0-1' }, store.search('inhouse', 'tools').to_h { |found| [found.name, found.version] })
  end

  def test_stores_close
    path = File.join(@folder, 'store')
    Reposnap::Store.create(path) { |store| assert_empty store.mirror_list }
    fails('already-exists') { Reposnap::Store.create(path) }
    fails('not-found') { Reposnap::Store.open(File.join(@folder, 'nothing')) }
    assert_empty Reposnap::Store.open(Pathname.new(path)).env_list
    reading = Reposnap::Store.open(path, read_only: true)
    fails('read-only') { reading.mirror_add_folder('inhouse', PACKAGES) }
    reading.close
    assert_equal 'the store is closed', fails('usage') { reading.mirror_list }.message
    fails('usage') { reading.packages('inhouse') { flunk } }
    fails('usage') { reading.actor = 'ana' }
  end

  def test_walks
    packages = store.packages('inhouse')
    assert_kind_of Enumerator, packages
    assert_equal %w[greet tools], packages.map(&:name)
    assert_equal [nil, nil], packages.map(&:stanza)
    stanza = store.packages('inhouse', query: 'tools', stanzas: true).first.stanza
    assert_match(/^Package: tools$/, stanza)
    assert_equal 'tools', Reposnap.stanza_parse(stanza).first.find { |field| field.name == 'Package' }.value
    fails('not-found') { store.packages('nothing').first }
    fails('usage') { store.packages('inhouse', query: '((').first }
  end

  def test_progress
    events = []
    threads = []
    store.mirror_update('inhouse') { |event| events << event }
    store.mirror_add_folder('other', File.join(PACKAGES, 'two'))
    fresh = Reposnap::Store.memory
    fresh.mirror_add_folder('other', File.join(PACKAGES, 'two'))
    fresh.mirror_update('other') do |event|
      events << event
      threads << Thread.current
    end
    assert(events.any?(&:start?) && events.any?(&:advance?) && events.any?(&:finish?))
    assert_equal [Thread.current], threads.uniq
  end

  def test_callbacks_that_raise
    fresh = Reposnap::Store.memory
    fresh.mirror_add_folder('inhouse', File.join(PACKAGES, 'one'))
    raised = assert_raises(ArgumentError) { fresh.mirror_update('inhouse') { raise ArgumentError, 'enough' } }
    assert_equal 'enough', raised.message
    assert_raises(Interrupt) { fresh.mirror_update('inhouse') { raise Interrupt } }
    refute_nil fresh.mirror_update('inhouse').snapshot
  end

  def test_cancellation
    cancel = Reposnap::Cancel.new
    fresh = Reposnap::Store.memory
    fresh.mirror_add_folder('inhouse', File.join(PACKAGES, 'one'))
    fails('cancelled') { fresh.mirror_update('inhouse', cancel: cancel) { cancel.cancel } }
    assert cancel.is_cancelled
    fails('cancelled') { fresh.mirror_list(cancel: cancel) }
    assert_equal 1, fresh.mirror_list.size
  end

  def test_errors_tell_all
    error = fails('malformed') { Reposnap.stanza_parse("Package: a\nno colon\n") }
    assert_equal 2, error.line
    assert_includes error.text, error.message
    error = fails('not-found') { Reposnap.keyring_show([File.join(@folder, 'none.gpg')]) }
    assert_equal File.join(@folder, 'none.gpg'), error.path
    assert_equal error.to_h[:kind], error.kind
    fails('usage') { Reposnap.call('mirror eat') }
    fails('usage') { store.call('mirror show') }
    assert_equal 'the library panicked: an injected panic', fails('internal') { Reposnap.call('inject panic') }.message
  end

  def test_wrong_arguments
    assert_raises(ArgumentError) { store.env_promote('stable') }
    assert_raises(ArgumentError) { store.env_promote('stable', 'inhouse', force: true) }
    [nil, 7, Object.new, [1]].each do |wrong|
      assert_raises(StandardError) { store.mirror_show(wrong) }
      assert_raises(StandardError) { store.snapshot_merge([wrong]) }
    end
    assert_raises(StandardError) { store.env_log('stable', limit: -1) }
    assert_raises(StandardError) { store.mirror_show("caf\xE9") }
    fails('usage') { store.mirror_show('a' * (1 << 20)) }
    assert_raises(NoMethodError) { Reposnap::Store.new }
  end

  def test_versions
    versions = %w[1.10 1:0 1.9 1.10~rc1].map { |text| Reposnap::Version.new(text) }
    assert_equal %w[1.9 1.10~rc1 1.10 1:0], versions.sort.map(&:to_s)
    assert_equal Reposnap::Version.new('1.0'), Reposnap::Version.new('0:1.0-0')
    assert_equal 1, [Reposnap::Version.new('1.0'), Reposnap::Version.new('0:1.0-0')].uniq.size
    assert_equal '<', Reposnap.version_compare('1', '2').order
    assert Reposnap.version_compare('1', '2', operator: 'lt').holds
  end

  def test_threads_go_on_meanwhile
    shared = store
    ticks = 0
    ticker = Thread.new { loop { ticks += 1; sleep 0.001 } }
    workers = Array.new(4) { Thread.new { 25.times.map { shared.search('inhouse', 'tools').size } } }
    assert_equal [1], workers.flat_map(&:value).uniq
    ticker.kill
    assert_operator ticks, :>, 0
  end

  def test_forks
    shared = store
    shared.search('inhouse', 'tools')
    children = Array.new(50) do
      fork do
        fine = shared.search('inhouse', 'tools').size == 1
        fine &&= Reposnap::Store.memory.mirror_add_folder('a', File.join(PACKAGES, 'one')) { nil }.changed
        exit!(fine ? 0 : 1)
      end
    end
    Timeout.timeout(60) { children.each { |child| assert_equal 0, Process.wait2(child)[1].exitstatus } }
  end

  def test_ten_thousand_repeats_do_not_grow
    shared = store
    once = lambda do
      shared.search('inhouse', 'tools')
      shared.packages('inhouse').first
      begin
        shared.env_show('nothing')
      rescue Reposnap::Error
        nil
      end
    end
    2_000.times { once.call }
    before = resident
    10_000.times { once.call }
    assert_operator resident - before, :<, 16 * 1024, 'KiB'
  end

  private

  def resident
    GC.start
    File.read('/proc/self/status')[/^VmRSS:\s*(\d+)/, 1].to_i
  end
end
