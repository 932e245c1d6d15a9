'use strict';
// The action: runs one command and tells GitHub of it.

const commands = require('./commands.cjs');
const { InputError, annotate, log, output, required, summary } = require('./github.cjs');

/** How many differences the summary shows; GitHub takes 1 MiB in all. */
const SHOWN = 500;

/** The runner ends a job that is cancelled with SIGINT, and with SIGTERM a little later. */
const controller = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => controller.abort(new Error(`ended by ${signal}`)));

function onProgress(event) {
  if (event.type === 'start') log(`${event.phase}${event.total === null ? '' : `: ${event.total} ${event.unit}`}`);
  else if (event.type === 'note') annotate('notice', event.message);
}

function table(differences) {
  const cell = (value) => String(value ?? '').replace(/[|\\`<]/g, (sign) => `\\${sign}`);
  const rows = differences.slice(0, SHOWN).map(({ name, architecture, change, before, after }) => {
    return `| ${[name, architecture, change, before, after].map(cell).join(' | ')} |`;
  });
  const rest = differences.length - rows.length;
  return [
    '| package | architecture | change | before | after |',
    '|---|---|---|---|---|',
    ...rows,
    ...(rest > 0 ? [`\n${rest} more are in the output \`differences\`.`] : []),
  ].join('\n');
}

/** A failure as GitHub shows it: at its file and line where it has them. */
function tellFailure(error) {
  const { path, line, rule } = error;
  annotate('error', error.message, { title: rule ?? error.kind ?? 'reposnap', file: path, line });
}

async function main() {
  const name = required('the action', 'command');
  if (!Object.hasOwn(commands, name)) {
    throw new InputError(`there is no command ${JSON.stringify(name)}: there are ${Object.keys(commands).sort().join(', ')}`);
  }
  const { result, outputs, notice, differences, rejected } = await commands[name]({ signal: controller.signal, onProgress });
  for (const [key, value] of Object.entries(outputs)) output(key, value);
  output('result', JSON.stringify(result));
  if (notice !== undefined) annotate('notice', notice, { title: `reposnap ${name}` });
  if (differences?.length > 0) summary(`### reposnap ${name}: ${notice}\n\n${table(differences)}\n`);
  if (rejected) {
    const { message, path, line, rule, kind } = rejected;
    tellFailure({ message: `${message}${rule === undefined ? '' : ` [${rule}]`}`, path, line, rule, kind });
    process.exitCode = 1;
  }
}

main().catch((error) => {
  tellFailure(error);
  process.exitCode = 1;
});
