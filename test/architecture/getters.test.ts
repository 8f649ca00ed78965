import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ROOT, sourceFiles } from '../support/source-files.ts'

/** A getter at the beginning of a line, as the formatter leaves it. */
const GETTER = /^ +get \w+\(/m

/**
 * V8 gives an object literal with a getter a hidden class of its own each time, in its old generation, and that holds the getter's
 * closure with everything that it sees: what a call was made of then outlives every young collection.
 */
it('nothing that is made for each call has a getter in its literal', () => {
  const files = sourceFiles('activities', 'src/core', 'src/providers', 'src/store')
  expect(files.length).toBeGreaterThan(300)
  expect(files.filter(file => GETTER.test(readFileSync(join(ROOT, file), 'utf8')))).toEqual([])
})
