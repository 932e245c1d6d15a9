# frozen_string_literal: true

require_relative 'helper'

# The vectors that every language runs.
class TestVectors < Minitest::Test
  include Helper

  def test_operations
    vectors = read('operations.json')
    vectors['cases'].each { |one| step(Reposnap, one, names, one['name']) }
    vectors['scenarios'].each_with_index do |scenario, number|
      dir = File.join(@folder, number.to_s)
      Dir.mkdir(dir)
      store = Reposnap::Store.at(File.join(dir, 'store'))
      known = names.merge('dir' => dir)
      scenario['steps'].each { |one| step(store, one, known, scenario['name']) }
    end
  end

  def test_versions
    read('versions.json').each do |a, relation, b|
      found = Reposnap::Version.new(a) <=> Reposnap::Version.new(b)
      assert_equal({ '<' => -1, '=' => 0, '>' => 1 }[relation], found, "#{a} #{b}")
      keys = [a, b].map { |version| Reposnap::Version.new(version).sort_key }
      assert_equal found, keys[0] <=> keys[1], "#{a} #{b}"
    end
  end

  # Each operation, called by its method, gives what it gives by its name.
  def test_methods_give_the_same_documents
    seen = []
    read('operations.json')['scenarios'].each_with_index do |scenario, number|
      known = names.merge('dir' => File.join(@folder, "typed-#{number}"))
      Dir.mkdir(known['dir'])
      store = Reposnap::Store.at(File.join(known['dir'], 'store'))
      scenario['steps'].each { |one| seen << typed(store, one, known, scenario['name']) }
    end
    read('operations.json')['cases'].each { |one| seen << typed(Reposnap, one, names, one['name']) }
    missing = Reposnap.operations.map(&:name) - seen - ['publish verbatim']
    assert_empty missing
  end

  private

  def names
    { 'packages' => PACKAGES, 'dir' => @folder }
  end

  def read(name)
    JSON.parse(File.read(File.join(VECTORS, name)))
  end

  def substitute(value, names)
    case value
    when String then value.gsub(/\$\{(\w+)\}/) { names[Regexp.last_match(1)] || Regexp.last_match(0) }
    when Array then value.map { |one| substitute(one, names) }
    when Hash then value.transform_values { |one| substitute(one, names) }
    else value
    end
  end

  def fits(found, expected)
    case expected
    when Hash then found.is_a?(Hash) && expected.all? { |name, value| fits(found[name], value) }
    when Array
      found.is_a?(Array) && found.size == expected.size && found.zip(expected).all? { |one, value| fits(one, value) }
    else found == expected
    end
  end

  def step(target, one, names, name)
    request = substitute(one['request'], names).transform_keys(&:to_sym)
    found, key = outcome { JSON.parse(JSON.generate(target.call(one['operation'], **request))) }
    expected = substitute(one[key], names)
    assert expected && fits(found, expected), "#{name}: #{one['operation']}\nexpected #{one}\nfound #{found}"
    save(one, found, names)
  end

  def outcome
    [yield, 'result']
  rescue Reposnap::Error => error
    [JSON.parse(JSON.generate(error.to_h)), 'error']
  end

  def save(one, found, names)
    (one['save'] || {}).each do |variable, pointer|
      names[variable] = pointer.split('/').drop(1).reduce(found) do |value, key|
        value.is_a?(Array) ? value[Integer(key)] : value[key.gsub('~1', '/').gsub('~0', '~')]
      end
    end
  end

  # Calls the method of a step that succeeds; the name of its operation.
  def typed(target, one, names, name)
    operation = Reposnap.operations.find { |known| known.name == one['operation'] }
    request = substitute(one['request'], names).transform_keys(&:to_sym)
    return unless operation && one['result']

    required = operation.parameters.select(&:required).map { |parameter| request.delete(parameter.name.to_sym) }
    # What needs no store is a function of the module.
    target = Reposnap unless target.respond_to?(operation.name.tr(' -', '__'))
    document = target.public_send(operation.name.tr(' -', '__'), *required, **request)
    found = tagged(JSON.parse(JSON.generate(Reposnap::Document.plain(document))))
    expected = tagged(substitute(one['result'], names))
    assert fits(found, expected), "#{name}: #{operation.name}\nexpected #{expected}\nfound #{found}"
    save(one, found, names)
    operation.name
  end

  # What a record says in another way than its document: which variant it is, and a name that is a word of a language.
  def tagged(value)
    case value
    when Array then value.map { |one| tagged(one) }
    when Hash
      value = value.except('evidence')
      value = value.transform_keys { |name| name == 'type_name' ? 'type' : name }
      value['config'] = value['config'].except('type') if value['config'].is_a?(Hash)
      value['made'] = value['made'].except('by') if value['made'].is_a?(Hash)
      # What the tag tells, the class does.
      %w[change reason].each { |name| value[name] = value[name].except('kind') if value[name].is_a?(Hash) }
      value.transform_values { |one| tagged(one) }
    else value
    end
  end
end
