import { expect, it } from 'vitest'
import { createModel } from '../../src/providers/openai-compatible/create-model.ts'
import { soundConfiguration } from '../support/sound-configuration.ts'

it('sends a second account what a class asks of its vendor', async () => {
  const { providers, directory } = soundConfiguration(
    'providers: { second: { like: deepseek, apiKey: k } }\nclasses: { any: {} }\n',
  )
  let sent: unknown
  const fetch = (async (_url: unknown, init?: RequestInit) => {
    sent = JSON.parse(String(init?.body))
    throw new Error('recorded')
  }) as typeof globalThis.fetch
  const model = await createModel({ settings: providers[0]!, endpoint: directory.endpoints[0]!, fetch })
  const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello.' }] }]
  await expect(model.doGenerate({ prompt, providerOptions: { deepseek: { top_k: 40 } } })).rejects.toThrow('recorded')
  expect(sent).toMatchObject({ top_k: 40 })
})
