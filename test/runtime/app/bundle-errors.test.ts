import { expect, it } from 'vitest'
import { bundleErrors } from '../../../src/runtime/app/bundle-errors.ts'

/** As swc colours it when standard error is a terminal, whatever the bundler was told of colours. */
const COLOURED = `asset workflow-bundle.js 1 MiB [emitted]
ERROR in ./flows.ts
Module build failed (from ./node_modules/swc-loader/src/index.js):
Error:   \u001b[31m×\u001b[0m Expected ',', got '{'
 \u001b[2m1\u001b[0m │ export async function look( {

Caused by:
    0: Syntax Error

Stack backtrace:
    at transform (index.js:1:1)

webpack 5 compiled with 1 error in 300 ms
`

it('says what is wrong without colours, frames and what the bundler says besides', () => {
  expect(bundleErrors(COLOURED).split('\n')).toEqual([
    './flows.ts',
    'Module build failed (from ./node_modules/swc-loader/src/index.js):',
    "Error:   × Expected ',', got '{'",
    ' 1 │ export async function look( {',
  ])
})
