# frozen_string_literal: true

# What calls from Ruby cost, on the store that native.c has made: native.rb STORE

require 'reposnap'

def now
  Process.clock_gettime(Process::CLOCK_MONOTONIC, :float_millisecond)
end

def best_of_three
  Array.new(3) do
    start = now
    yield
    now - start
  end.min
end

times = Array.new(101) do
  start = now
  Reposnap::Store.open(ARGV[0]) { |store| raise 'no bash' if store.search('system', 'bash').empty? }
  now - start
end
printf("| Ruby: open a store and find one package (median of 101) | %.2f ms | 5 ms |\n", times.sort[50])
store = Reposnap::Store.open(ARGV[0])
count = 0
walked = best_of_three { count = store.packages('system').inject(0) { |sum, _package| sum + 1 } }
printf("| Ruby: walk through %d packages | %.0f ms | |\n", count, walked)
compared = best_of_three { 20_000.times { ReposnapUniffi.compare_versions('2:1.18.3~beta+dfsg1-5', '2:1.18.3-4') } }
printf("| Ruby: compare two versions | %.1f µs | |\n", compared / 20)
asked = best_of_three { 100.times { system('dpkg', '--compare-versions', '1', 'lt', '2') } }
printf("| Ruby: the same by `dpkg --compare-versions` | %.0f µs | |\n", asked * 10)
