import { expect, it } from 'vitest'
import { bundleErrors } from '../../../src/runtime/app/bundle-errors.ts'

const REPORT = (errors: string) => `asset workflow-bundle.js 1 MiB [emitted]
${errors}
webpack 5 compiled with 1 error in 300 ms
`

/** As swc colours it when standard error is a terminal, whatever the bundler was told of colours. */
const COLOURED = `ERROR in ./flows.ts
Module build failed (from ./node_modules/swc-loader/src/index.js):
Error:   \u001b[31m×\u001b[0m 'const' declarations must be initialized
   ╭─[\u001b[36;1;4m${process.cwd()}/flows.ts\u001b[0m:7:1]
 \u001b[2m7\u001b[0m │   const run == openRun(brief.terms)
   · \u001b[35;1m        ───\u001b[0m
   ╰────
  \u001b[31m×\u001b[0m Expression expected
   ╭─[${process.cwd()}/flows.ts:7:1]
 7 │   const run == openRun(brief.terms)
   ╰────
  x Expected a semicolon
    ,-[${process.cwd()}/flows.ts:12:1]
 12 |   let a b
    \`----

Caused by:
    0: Syntax Error

Stack backtrace:
    at transform (index.js:1:1)
`

it('says where TypeScript cannot be read: the first of what is wrong with a line, without colours, frames and code', () => {
  expect(bundleErrors(REPORT(COLOURED)).split('\n')).toEqual([
    "flows.ts:7: 'const' declarations must be initialized",
    'flows.ts:12: Expected a semicolon',
  ])
})

const lacking = (name: string, ...importers: readonly string[]) =>
  [
    `ERROR in ${name}`,
    `Module build failed: UnhandledSchemeError: Reading from "${name}" is not handled by plugins (Unhandled scheme).`,
    'Webpack supports "data:" and "file:" URIs by default.',
    'You may need an additional plugin to handle "node:" URIs.',
    ...importers.map(importer => ` @ ${importer}`),
    ' @ ./node_modules/signalbox/dist/workflows/joined.cjs 16:1-40',
    '',
  ].join('\n')

it('says which import of theirs leads to what the sandbox lacks, each once, however many modules lie between', () => {
  const app = ['./node_modules/signalbox/dist/src/index.js 8:0-92', './shop/app.ts 2:0-66 4:20-30', './flows.ts 3:0-42']
  const report = [
    lacking('node:fs', './flows.ts 1:0-39 2:17-29'),
    lacking('node:stream', './node_modules/.pnpm/a@1/node_modules/@a/b/stdio.js 3:0-42', ...app),
    lacking('node:process', './node_modules/.pnpm/a@1/node_modules/@a/b/stdio.js 2:0-42', ...app),
    lacking('node:url', './shop/app.ts 1:0-41', './flows.ts 3:0-42'),
  ].join('\n')
  expect(bundleErrors(REPORT(report)).split('\n')).toEqual([
    './flows.ts:1 imports node:fs',
    './flows.ts:3 imports ./shop/app.ts',
    './shop/app.ts:2 imports signalbox, which needs node:stream, node:process',
    './shop/app.ts:1 imports node:url',
  ])
})

it('leaves other errors in the words of the bundler', () => {
  const gone = "ERROR in ./flows.ts 1:0-30\nModule not found: Error: Can't resolve './hepl.ts' in '/shop'\n"
  expect(bundleErrors(REPORT(gone)).split('\n')).toEqual([
    './flows.ts 1:0-30',
    "Module not found: Error: Can't resolve './hepl.ts' in '/shop'",
  ])
  expect(bundleErrors('no report')).toBe('no report')
})
