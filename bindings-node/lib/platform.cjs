'use strict';

/** The platform as the names of addons and packages have it, such as `linux-x64-gnu`. */
function platform() {
  const name = `${process.platform}-${process.arch}`;
  if (process.platform !== 'linux') return name;
  // The report would ask the network for the names of its interfaces; not every Node can leave that out.
  const asked = process.report.excludeNetwork;
  process.report.excludeNetwork = true;
  const { glibcVersionRuntime } = process.report.getReport().header;
  process.report.excludeNetwork = asked;
  return `${name}-${glibcVersionRuntime ? 'gnu' : 'musl'}`;
}

module.exports = { platform };
