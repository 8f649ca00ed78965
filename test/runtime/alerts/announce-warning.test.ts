import { expect, it } from 'vitest'
import { createAnnouncer } from '../../../src/runtime/alerts/announce-warning.ts'

it.each([
  ['1500000000000', 'is at least 50 % spent: $0.5000 of $2.0000 left'],
  ['2000000000000', 'is used up: $0.0000 of $2.0000 left'],
])('tells of a budget of 2 USD of which %s pico are spent that it %s', async (spentPico, words) => {
  const told: string[] = []
  const announcer = createAnnouncer(
    () => ({ all: { url: 'http://hook.invalid' } }),
    async (_, request) => {
      told.push(JSON.parse(String(request?.body)).message)
      return new Response()
    },
  )
  const warning = { budget: 'all', scopeId: 'budget:all', share: 0.5, limitPico: '2000000000000', spentTokens: 900 }
  expect(await announcer.announce({ ...warning, spentPico })).toBeUndefined()
  expect(told).toEqual([`the budget all ${words}`])
  await announcer.close()
})
