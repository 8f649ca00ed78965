import { expect, it } from 'vitest'
import type { Message } from '../../src/core/messages.ts'
import { withPortableNames } from '../../src/providers/prepare/tool-names.ts'
import { WEATHER } from '../support/model-asks.ts'
import { startHarness } from '../support/port-harness.ts'
import { replyText } from '../support/replies.ts'
import { replying } from '../support/scripted-vendor.ts'

function asked(toolName: string): readonly Message[] {
  const call = { toolCallId: 'call_1', toolName }
  return [
    { role: 'user', content: [{ type: 'text', text: 'The weather?' }] },
    { role: 'assistant', content: [{ type: 'tool-call', ...call, input: {} }] },
    { role: 'tool', content: [{ type: 'tool-result', ...call, output: { type: 'text', value: 'no such tool' } }] },
  ]
}

const namesIn = (messages: readonly Message[]) =>
  messages.slice(1).map(({ content }) => (content as { toolName: string }[])[0]!.toolName)

it('a name that a model made up is written as every vendor takes it, in the call and its result', () => {
  const made = (name: string) => namesIn(withPortableNames(asked(name), [WEATHER]))
  expect(made('default_api.get_weather')).toEqual(['default_api_get_weather', 'default_api_get_weather'])
  expect(made('')).toEqual(['_', '_'])
  expect(made('x'.repeat(80))).toEqual(['x'.repeat(64), 'x'.repeat(64)])
})

it('a name that fits, or that is offered, stays as it is', () => {
  const fits = asked('get_weather')
  expect(withPortableNames(fits, []).every((message, at) => message === fits[at])).toBe(true)
  const offered = asked('weather.get')
  expect(namesIn(withPortableNames(offered, [{ ...WEATHER, name: 'weather.get' }]))).toEqual([
    'weather.get',
    'weather.get',
  ])
})

it.each(['openai', 'openai-responses', 'anthropic', 'google'])('%s is sent none that is made up', async protocol => {
  const harness = await startHarness()
  const prompt = asked('default_api.get_weather')
  await harness.ask(protocol, replying(replyText(protocol, 'text.sse')), { ask: { prompt, tools: [WEATHER] } })
  expect(harness.vendor.seen.at(-1)!.body).not.toContain('default_api.')
  await harness.stop()
})
