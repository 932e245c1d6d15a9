# frozen_string_literal: true

Gem::Specification.new do |gem|
  gem.name = 'reposnap'
  gem.version = File.read(File.join(__dir__, '../../Cargo.toml'))[/^version = "(.*)"/, 1]
  gem.summary = 'Immutable, verified snapshots of package repositories, and the environments built from them'
  gem.authors = ['The reposnap developers']
  gem.licenses = ['MIT', 'Apache-2.0']
  gem.required_ruby_version = '>= 3.0'
  # The library is built for one kind of machine.
  gem.platform = Gem::Platform::CURRENT
  gem.files = Dir.chdir(__dir__) { Dir['lib/**/*.{rb,so,dylib}'] }
  gem.add_dependency 'ffi', '~> 1.15'
end
