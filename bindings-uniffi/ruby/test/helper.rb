# frozen_string_literal: true

require 'fileutils'
require 'minitest/autorun'
require 'reposnap'
require 'tmpdir'

# Packages to work with, and folders that end with their test.
module Helper
  VECTORS = File.expand_path('../../../tests/vectors', __dir__)
  PACKAGES = File.join(VECTORS, 'packages')

  def setup
    @folder = Dir.mktmpdir('reposnap')
  end

  def teardown
    FileUtils.remove_entry(@folder)
  end

  # A store in memory whose mirror `inhouse` has packages.
  def store
    store = Reposnap::Store.memory
    store.mirror_add_folder('inhouse', File.join(PACKAGES, 'one'))
    store.mirror_update('inhouse')
    store
  end

  # Checks that a block fails with a kind, and gives the error.
  def fails(kind, &block)
    error = assert_raises(Reposnap::Error, &block)
    assert_equal kind, error.kind, error.text
    error
  end
end
