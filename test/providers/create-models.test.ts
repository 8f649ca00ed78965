import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Outgoing, ReplyAnswer } from '../../src/core/ports.ts'
import { createModels } from '../../src/providers/create-models.ts'
import { askOf, endpointOf, settingsOf } from '../support/model-asks.ts'
import { replyText } from '../support/replies.ts'
import { holding, type ScriptedVendor, SSE, startScriptedVendor } from '../support/scripted-vendor.ts'

let vendor: ScriptedVendor
beforeAll(async () => {
  vendor = await startScriptedVendor()
})
afterAll(() => vendor.stop())

it('asks at the same time, of one model, do not mix', async () => {
  const models = createModels([settingsOf('openai', vendor.url)])
  vendor.answer((response, _socket) => {
    const { model, messages } = JSON.parse(vendor.seen.at(-1)!.body)
    const word = messages.at(-1).content
    response.writeHead(200, SSE)
    for (const delta of [{ content: `${word} ` }, { content: model }])
      response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`)
    response.end('data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n')
  })
  const asks = Array.from({ length: 20 }, async (_, index) => {
    const word = `word-${index}`
    let heard = ''
    let shown: Outgoing | undefined
    const reply = await models.ask(
      askOf(endpointOf('openai'), {
        prompt: [{ role: 'user', content: [{ type: 'text', text: word }] }],
        wireRequestId: `wire-${index}`,
        gate: async outgoing => {
          shown = outgoing
        },
        onDelta: (_kind, text) => {
          heard += text
        },
      }),
    )
    expect((reply as ReplyAnswer).text).toBe(`${word} gpt-4o-mini`)
    expect(heard).toBe(`${word} gpt-4o-mini`)
    expect(JSON.stringify(shown!.body)).toContain(`"${word}"`)
  })
  await Promise.all(asks)
  for (const { headers, body } of vendor.seen)
    expect(body).toContain(`"word-${String(headers['x-client-request-id']).slice(5)}"`)
  await models.close()
})

it('closing ends what is in flight with a fault', async () => {
  const models = createModels([settingsOf('openai', vendor.url)])
  const text = replyText('openai', 'text.sse')
  vendor.answer(holding(text.slice(0, text.indexOf('aus'))))
  const asked = vendor.nextRequest()
  const reply = models.ask(askOf(endpointOf('openai')))
  await asked
  await models.close()
  expect(await reply).toMatchObject({ kind: 'fault', billable: 'maybe' })
})

it('what cannot work is refused when the port is made, or by the name that is missing', async () => {
  const settings = settingsOf('openai-compatible', vendor.url)
  expect(() => createModels([settings, settings])).toThrow('Two providers are named acme')
  expect(() => createModels([{ ...settings, baseUrl: undefined }])).toThrow('has no base URL')
  await expect(createModels([]).ask(askOf(endpointOf('openai')))).rejects.toThrow('which this port was not given')
})
