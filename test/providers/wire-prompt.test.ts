import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AssistantMessage, Message } from '../../src/core/messages.ts'
import type { ReplyAnswer } from '../../src/core/ports.ts'
import { marked, type Origin, originOf } from '../../src/providers/prepare/origin.ts'
import { wirePrompt } from '../../src/providers/prepare/wire-prompt.ts'
import { endpointOf, PROTOCOLS, WEATHER } from '../support/model-asks.ts'
import { type AskChanges, type Harness, startHarness } from '../support/port-harness.ts'
import { replyText } from '../support/replies.ts'
import { replying } from '../support/scripted-vendor.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

/** The reasoning of the transcribed replies, and what proves it to the vendor that made it. */
const PROOF = /Two towns|EqQBCgIYAhIM|gAAAA-|CpcBAdHtim9/

async function toolStep(protocol: string, firstId = 'call_1'): Promise<readonly Message[]> {
  const text = replyText(protocol, 'tools.sse').replaceAll('call_1', firstId)
  const reply = await harness.ask(protocol, replying(text), { ask: { tools: [WEATHER] } })
  const result = (toolCallId: string) => ({
    type: 'tool-result' as const,
    toolCallId,
    toolName: 'get_weather',
    output: { type: 'text' as const, value: 'rain' },
  })
  return [
    { role: 'user', content: [{ type: 'text', text: 'The weather in Genève and Oslo?' }] },
    (reply as ReplyAnswer).message,
    { role: 'tool', content: [result(firstId), result('call_2')] },
  ]
}

async function bodySent(protocol: string, prompt: readonly Message[], changes: AskChanges = {}): Promise<string> {
  const ask = { prompt, tools: [WEATHER], settings: { maxOutputTokens: 500, reasoning: 'low' as const } }
  const reply = await harness.ask(protocol, replying(replyText(protocol, 'text.sse')), {
    ...changes,
    ask: { ...ask, ...changes.ask },
  })
  expect(reply).toMatchObject({ kind: 'answer' })
  return harness.vendor.seen.at(-1)!.body
}

describe.each(PROTOCOLS)('a tool loop that %s began', from => {
  it.each(PROTOCOLS)('goes on at %s', async to => {
    const transcript = await toolStep(from)
    const before = JSON.stringify(transcript)
    const body = await bodySent(to, transcript)
    expect(body).toContain('Oslo')
    expect(body).toContain('rain')
    expect(body).not.toContain('signalbox')
    if (from !== to) expect(body).not.toMatch(PROOF)
    else if (from !== 'openai') expect(body).toMatch(PROOF)
    expect(JSON.stringify(transcript)).toBe(before)
  })

  it('keeps its reasoning at home: neither another provider nor another model sees it', async () => {
    const transcript = await toolStep(from)
    const elsewhere = { endpoint: { provider: 'other' }, settings: { name: 'other' } }
    expect(await bodySent(from, transcript, elsewhere)).not.toMatch(PROOF)
    expect(await bodySent(from, transcript, { endpoint: { model: 'acme/small' } })).not.toMatch(PROOF)
  })
})

describe('Anthropic in the middle of a tool loop', () => {
  it('thinks on where it began to think, and does not begin where another one did', async () => {
    const thinkingOf = async (from: string) => JSON.parse(await bodySent('anthropic', await toolStep(from))).thinking
    expect(await thinkingOf('anthropic')).toMatchObject({ type: 'enabled' })
    expect(await thinkingOf('google')).toBeUndefined()
  })

  it('thinks again when a user has spoken', async () => {
    const spoken: Message = { role: 'user', content: [{ type: 'text', text: 'And Bergen?' }] }
    const body = await bodySent('anthropic', [...(await toolStep('google')), spoken])
    expect(JSON.parse(body).thinking).toMatchObject({ type: 'enabled' })
  })
})

it('an id that only its vendor takes goes back to it, and to another one rewritten', async () => {
  const transcript = await toolStep('openai-compatible', 'functions.get_weather:0')
  expect(await bodySent('openai-compatible', transcript)).toContain('"functions.get_weather:0"')
  expect(await bodySent('anthropic', transcript)).not.toContain('functions.get_weather:0')
})

it('an id in which a gateway hides the signature of a thought goes back whole, and is short for everybody else', async () => {
  const signed = `call_1__thought__${'Ab0+/'.repeat(2_000)}`
  const [question, answer] = await toolStep('openai-compatible', signed)
  const ids = (answer as AssistantMessage).content.flatMap(part => (part.type === 'tool-call' ? [part.toolCallId] : []))
  expect(ids.every(id => id.length <= 40)).toBe(true)
  const rain = { type: 'text' as const, value: 'rain' }
  const results = ids.map(toolCallId => ({
    type: 'tool-result' as const,
    toolCallId,
    toolName: 'get_weather',
    output: rain,
  }))
  const transcript: Message[] = [question!, answer!, { role: 'tool', content: results }]
  expect((await bodySent('openai-compatible', transcript)).split(`"${signed}"`)).toHaveLength(3)
  const elsewhere = await bodySent('anthropic', transcript)
  expect(elsewhere).not.toContain('Ab0+')
  expect(elsewhere.split(`"${ids[0]}"`)).toHaveLength(3)
})

it('Responses send items, not references to stored ones', async () => {
  const body = await bodySent('openai-responses', await toolStep('openai-responses'))
  expect(body).not.toContain('item_reference')
  expect(body).toContain('gAAAA-whole')
})

describe('wirePrompt', () => {
  const here: Origin = originOf(endpointOf('anthropic'))
  const there: Origin = { ...here, provider: 'other' }
  const assistant = (...content: AssistantMessage['content']): AssistantMessage => ({ role: 'assistant', content })
  const text = { type: 'text', text: 'hello' } as const

  it('takes marks off what is its own, and metadata off what is not', () => {
    const call = (origin: Origin, toolCallId: string) => ({
      type: 'tool-call' as const,
      toolCallId,
      toolName: 'get_weather',
      input: {},
      providerOptions: marked({ google: { thoughtSignature: 's' } }, origin),
    })
    const [own, foreign] = wirePrompt([assistant(call(here, 'call_0')), assistant(call(there, 'call_1'))], here)
    expect(own).toMatchObject({ content: [{ providerOptions: { google: { thoughtSignature: 's' } } }] })
    expect(JSON.stringify(own)).not.toContain('signalbox')
    expect(foreign!.content[0]).toEqual({ type: 'tool-call', toolCallId: 'call_1', toolName: 'get_weather', input: {} })
  })

  it('tells calls apart that several answers gave one id, each with its own result', () => {
    const step = (id: string, answer: string): Message[] => [
      assistant({ type: 'tool-call', toolCallId: id, toolName: 'get_weather', input: {} }),
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: id, toolName: 'get_weather', output: { type: 'text', value: answer } },
        ],
      },
    ]
    const long = 'x'.repeat(40)
    const asked = ['call_0', 'call_0', 'call_0_2', long, 'call_0', long]
    const steps = asked.map((id, index) => step(id, `answer ${index}`))
    const ids = wirePrompt(steps.flat(), here).map(
      message => (message.content as { toolCallId: string }[])[0]!.toolCallId,
    )
    const [calls, results] = [ids.filter((_, index) => index % 2 === 0), ids.filter((_, index) => index % 2 === 1)]
    expect(calls.slice(0, 5)).toEqual(['call_0', 'call_0_2', 'call_0_2_2', long, 'call_0_3'])
    expect(calls[5]).toHaveLength(36)
    expect(results).toEqual(calls)
    // What comes later changes nothing of what went out: a vendor's cache of the prompt stays good.
    const before = wirePrompt(steps.slice(0, 4).flat(), here)
    expect(wirePrompt(steps.flat(), here).slice(0, before.length)).toEqual(before)
  })

  it('rewrites the ids of another vendor that not every vendor takes, in calls and results alike', () => {
    const id = 'functions.get_weather:0'
    const call = (origin: Origin) =>
      assistant({
        type: 'tool-call',
        toolCallId: id,
        toolName: 'get_weather',
        input: {},
        providerOptions: marked(undefined, origin),
      })
    const result: Message = {
      role: 'tool',
      content: [
        { type: 'tool-result', toolCallId: id, toolName: 'get_weather', output: { type: 'text', value: 'rain' } },
      ],
    }
    const moved = wirePrompt([call(there), result], here)
    const ids = moved.map(message => (message.content as { toolCallId: string }[])[0]!.toolCallId)
    expect(ids[0]).toMatch(/^[\w-]{1,40}$/)
    expect(ids[1]).toBe(ids[0])
    expect(JSON.stringify(wirePrompt([call(here), result], here))).toContain(id)
  })

  it('leaves out reasoning of unknown origin', () => {
    const prompt = [assistant({ type: 'reasoning', text: 'hm' }, text)]
    expect(wirePrompt(prompt, here)).toEqual([assistant(text)])
  })

  it('leaves out a message of which nothing is left, and empty texts', () => {
    const thought = { type: 'reasoning' as const, text: 'hm', providerOptions: marked(undefined, there) }
    expect(wirePrompt([assistant(thought), assistant({ type: 'text', text: '' }, text)], here)).toEqual([
      assistant(text),
    ])
  })

  it('passes on as it is what has nothing to remove: system messages anywhere, options of users, orphans', () => {
    const cached = { anthropic: { cacheControl: { type: 'ephemeral' } } }
    const prompt: Message[] = [
      { role: 'system', content: 'a' },
      { role: 'system', content: 'b', providerOptions: cached },
      assistant({ ...text, providerOptions: cached }),
      { role: 'system', content: 'c' },
      { role: 'tool', content: [] },
    ]
    const wire = wirePrompt(prompt, here)
    expect(wire).toHaveLength(5)
    for (const [index, message] of wire.entries()) expect(message).toBe(prompt[index])
  })
})
