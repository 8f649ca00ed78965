import { expect, it } from 'vitest'
import { wokenWithin } from '../../../src/runtime/ports/woken-within.ts'

it('waits for nobody where the signal has come before', async () => {
  expect(await wokenWithin(60_000, AbortSignal.abort(), () => () => {})).toBe(false)
})
