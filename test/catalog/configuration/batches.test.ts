import { expect, it } from 'vitest'
import { soundConfiguration } from '../../support/sound-configuration.ts'

const MODEL = 'models: { acme/small: { upstream: small } }'

const batchOf = (provider: string) => {
  const yaml = `providers:\n  ${provider}\nclasses: { nightly: { batch: 6h }, at-once: { extends: nightly, batch: 0 }, usual: {} }\n`
  const { directory } = soundConfiguration(yaml, {})
  return directory.endpoints.find(({ upstream }) => upstream === 'small')?.batch
}

it("knows a batch interface at the vendors' own addresses, and elsewhere where it is named", () => {
  expect(batchOf(`anthropic: { apiKey: none, ${MODEL} }`)).toBe(true)
  expect(batchOf(`openai: { apiKey: none, ${MODEL} }`)).toBe(true)
  expect(batchOf(`google: { apiKey: none, ${MODEL} }`)).toBe(true)
  expect(batchOf(`mine: { protocol: anthropic, apiKey: none, ${MODEL} }`)).toBe(true)
  expect(batchOf(`groq: { apiKey: none, ${MODEL} }`)).toBeUndefined()
  const elsewhere = `mine: { protocol: openai, apiKey: none, baseURL: "http://127.0.0.1:1/v1", ${MODEL}`
  expect(batchOf(`${elsewhere} }`)).toBeUndefined()
  expect(batchOf(`${elsewhere}, quirks: { batch: true } }`)).toBe(true)
  expect(batchOf(`openai: { apiKey: none, quirks: { batch: false }, ${MODEL} }`)).toBeUndefined()
})

it('names for how long a class asks in batches', () => {
  const { directory } = soundConfiguration(
    `providers: { openai: { apiKey: none } }\nclasses: { nightly: { batch: 6h }, at-once: { extends: nightly, batch: 0 } }\n`,
    {},
  )
  expect(directory.classes.nightly).toMatchObject({ batchMs: 21_600_000 })
  expect(directory.classes['at-once']).not.toHaveProperty('batchMs')
})
