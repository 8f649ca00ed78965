import { expect, it } from 'vitest'
import { patiently } from '../../src/store/sqlite/patience.ts'

/** As SQLite tells that another process puts the log in order, after one was killed. */
const BUSY_RECOVERY = Object.assign(new Error('database is locked'), { errcode: 261 })

it('begins a look at the file anew while another process has it locked, also where it was under way', async () => {
  let tries = 0
  const look = async () => {
    tries += 1
    await Promise.resolve()
    if (tries < 3) throw BUSY_RECOVERY
    return 'seen'
  }
  expect(await patiently(look)).toBe('seen')
  expect(tries).toBe(3)
})
