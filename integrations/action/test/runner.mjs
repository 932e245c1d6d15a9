// Runs steps of a workflow as GitHub's runner does: inputs in the environment, outputs from files, annotations from the
// standard output, expressions of the few kinds that the page uses.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const { parse } = createRequire(new URL('../../../bindings-node/dev/package.json', import.meta.url))('yaml');
export { parse };

export const folder = fileURLToPath(new URL('..', import.meta.url));
export const action = parse(readFileSync(join(folder, 'action.yml'), 'utf8'));

/** The files of outputs, as the runner reads them: `name=value`, or `name<<MARK`, lines, `MARK`. */
export function outputs(text) {
  const found = {};
  const lines = text.split('\n');
  while (lines.length > 0) {
    const line = lines.shift();
    if (line === '') continue;
    const [, name, mark] = /^([^=<]+)<<(.+)$/.exec(line) ?? [];
    if (mark === undefined) {
      const [key, ...value] = line.split('=');
      found[key] = value.join('=');
      continue;
    }
    const end = lines.indexOf(mark);
    if (end < 0) throw new Error(`no end of ${name}`);
    found[name] = lines.splice(0, end).join('\n');
    lines.shift();
  }
  return found;
}

const unescape = (text) => text.replace(/%0D/g, '\r').replace(/%0A/g, '\n').replace(/%3A/g, ':').replace(/%2C/g, ',').replace(/%25/g, '%');

/** The annotations in what a step printed. */
export function annotations(text) {
  return text.split('\n').flatMap((line) => {
    const [, level, properties, message] = /^::(error|warning|notice)(?: ([^:]*))?::(.*)$/.exec(line) ?? [];
    if (level === undefined) return [];
    const told = (properties ?? '').split(',').filter(Boolean).map((pair) => pair.split('='));
    return [{ level, message: unescape(message), ...Object.fromEntries(told.map(([key, value]) => [key, unescape(value)])) }];
  });
}

/** Runs the action with the inputs `given`, and `during`, if there is one, with its process. */
export async function run(given, { during, context = {} } = {}) {
  const files = mkdtempSync(join(process.env.RUNNER_TEMP, 'step-'));
  const env = { PATH: process.env.PATH, HOME: process.env.HOME };
  for (const name of ['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY']) {
    env[name] = join(files, name);
    writeFileSync(env[name], '');
  }
  for (const name of Object.keys(given)) if (!(name in action.inputs)) throw new Error(`the action has no input ${name}`);
  for (const [name, { default: value = '' }] of Object.entries(action.inputs)) {
    const text = name in given ? given[name] : expand(String(value), { github: { actor: 'ana' }, ...context });
    env[`INPUT_${name.replace(/ /g, '_').toUpperCase()}`] = String(text);
  }
  const started = spawn(process.execPath, [join(folder, action.runs.main)], { env, cwd: context.cwd });
  let printed = '';
  let complained = '';
  started.stdout.on('data', (data) => (printed += data));
  started.stderr.on('data', (data) => (complained += data));
  const end = new Promise((resolve) => started.once('close', (code, signal) => resolve({ code, signal })));
  await during?.(started);
  const { code, signal } = await end;
  return {
    code,
    signal,
    printed,
    complained,
    outputs: outputs(readFileSync(env.GITHUB_OUTPUT, 'utf8')),
    summary: readFileSync(env.GITHUB_STEP_SUMMARY, 'utf8'),
    annotations: annotations(printed),
  };
}

/** `text` with its `${{ path.to.value }}` replaced. */
export function expand(text, context) {
  return text.replace(/\$\{\{ *([\w.-]+) *\}\}/g, (_, path) => value(path, context));
}

function value(path, context) {
  return path.split('.').reduce((at, name) => at?.[name], context) ?? '';
}

/** Whether `condition`, such as `a.b == 'c'`, holds; one that there is not does. */
export function holds(condition, context) {
  if (condition === undefined) return true;
  const [, path, operator, word] = /^([\w.-]+) (==|!=) '([^']*)'$/.exec(condition);
  return (value(path, context) === word) === (operator === '==');
}
