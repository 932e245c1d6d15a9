# frozen_string_literal: true

# Mirrors a folder of packages and moves the environment `testing` to what came: promote-when-tested.rb STORE PACKAGES

require 'reposnap'

abort 'usage: promote-when-tested.rb STORE PACKAGES' unless ARGV.size == 2
directory, packages = ARGV

def update_and_promote(store, packages)
  store.mirror_add_folder('inhouse', File.expand_path(packages))
  store.mirror_update('inhouse') { |event| warn "#{event.phase} ..." if event.start? }
  store.env_promote('testing', 'inhouse', create: true, message: 'the tests passed')
end

Reposnap::Store.open_or_create(directory) do |store|
  promoted = update_and_promote(store, packages)
  puts "testing: #{store.packages('testing').count} packages" if promoted.moved
  puts 'again: nothing to do' unless update_and_promote(store, packages).moved
rescue Reposnap::Error => error
  abort "#{error.kind}: #{error.text}"
end
