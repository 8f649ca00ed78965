import type { LanguageModelV4CallOptions, LanguageModelV4Prompt } from '@ai-sdk/provider'
import { afterEach, describe, expect, test } from 'vitest'
import { type RunningVendors, startVendors, type VendorProtocol } from '../../src/providers/simulated/index.ts'
import {
  askStream,
  askWhole,
  asMessage,
  modelOf,
  PROTOCOLS,
  READ_TOOL,
  resultsOf,
  start,
  user,
  vendorOf,
} from './asking.ts'

let running: RunningVendors | undefined
afterEach(() => running?.close())

/** What makes a package ask for thought, and keep nothing at the vendor. */
const THINKING: Record<VendorProtocol, Partial<LanguageModelV4CallOptions>> = {
  openai: {},
  'openai-compatible': {},
  'openai-responses': {
    providerOptions: {
      openai: {
        store: false,
        forceReasoning: true,
        reasoningSummary: 'auto',
        include: ['reasoning.encrypted_content'],
      },
    },
  },
  anthropic: { providerOptions: { anthropic: { thinking: { type: 'enabled', budgetTokens: 1024 } } } },
  google: { providerOptions: { google: { thinkingConfig: { includeThoughts: true } } } },
}

const read = (path: string) => ({ name: 'read', arguments: { path } })
const BEHAVIOURS = [
  {
    match: 'compare the reports',
    turns: [
      { tools: [read('a.md'), read('b.md')] },
      { text: 'One more.', tools: [read('c.md')] },
      { text: 'They agree.' },
    ],
  },
]
const QUESTION: LanguageModelV4Prompt = [{ role: 'system', content: 'You are brief.' }, user('Compare the reports.')]

describe.each(PROTOCOLS)('%s', protocol => {
  const options = { tools: [READ_TOOL], ...THINKING[protocol] }
  const thinker = vendorOf(protocol, { behaviours: BEHAVIOURS })

  test.each([
    ['streamed', askStream],
    ['whole', askWhole],
  ])('plays a scripted tool loop with thought to its end, %s', async (_, ask) => {
    running = await start(thinker)
    const model = modelOf(running, 'thinker')
    const first = await ask(model, { ...options, prompt: QUESTION })
    expect(first.finish).toBe('tool-calls')
    const inputs = (asked: typeof first) =>
      asked.content.flatMap(part => (part.type === 'tool-call' ? [part.input] : []))
    expect(inputs(first)).toEqual(['{"path":"a.md"}', '{"path":"b.md"}'])
    const second: LanguageModelV4Prompt = [...QUESTION, asMessage(first), resultsOf(first)]
    const more = await ask(model, { ...options, prompt: second })
    expect([more.text, inputs(more)]).toEqual(['One more.', ['{"path":"c.md"}']])
    const last = await ask(model, { ...options, prompt: [...second, asMessage(more), resultsOf(more)] })
    expect(last.text).toMatch(/^They agree\. \[[0-9a-f]{6}\]$/)
    expect(last.usage?.outputTokens.reasoning).toBe(30)
    expect(last.usage?.outputTokens.total).toBe(running.meter()[2]!.outputTokens)
    if (protocol !== 'openai') expect(last.reasoning.length).toBe(120)
  })

  test('answers a conversation turn by turn, also where an answer calls no tool', async () => {
    const turns = [{ text: 'Which ones?' }, { tools: [read('a.md')] }, { text: 'It is whole.' }, { text: 'Goodbye.' }]
    running = await start(vendorOf(protocol, { behaviours: [{ match: 'you are brief.*compare', turns }] }))
    const model = modelOf(running)
    const said: LanguageModelV4Prompt = [...QUESTION]
    const answers: string[] = []
    for (const next of [user('The first.'), 'results', user('Thanks.'), user('Really.'), undefined] as const) {
      const answer = await askStream(model, { tools: [READ_TOOL], prompt: said })
      answers.push(answer.finish === 'tool-calls' ? 'reads' : answer.text.replace(/ \[.*/, ''))
      if (next) said.push(asMessage(answer), next === 'results' ? resultsOf(answer) : next)
    }
    expect(answers).toEqual(['Which ones?', 'reads', 'It is whole.', 'Goodbye.', 'Goodbye.'])
    await askStream(model, { prompt: [user('Something else.')] })
    const behaviours = running.meter().map(({ behaviour }) => behaviour)
    expect(behaviours).toEqual([...Array(5).fill('you are brief.*compare'), undefined])
  })

  test('refuses a result without a call and a call without its result', async () => {
    running = await start(thinker)
    const model = modelOf(running)
    const called = await askStream(model, { tools: [READ_TOOL], prompt: QUESTION })
    const [orphaned, abandoned] = [
      [...QUESTION, resultsOf(called)],
      [...QUESTION, asMessage(called), user('Never mind.')],
    ]
    for (const prompt of [orphaned, abandoned]) {
      await expect(askStream(model, { prompt })).rejects.toMatchObject({ statusCode: 400 })
      expect(running.meter().at(-1)).toMatchObject({ status: 400, outcome: 'rejected', billedPico: '0' })
    }
  })

  test('answers in words when the tools that its script calls are not offered', async () => {
    running = await start(thinker)
    const asked = await askStream(modelOf(running), { prompt: QUESTION })
    expect([asked.finish, asked.text]).toEqual(['stop', expect.stringMatching(/\w+.* \[[0-9a-f]{6}\]$/)])
  })

  test('refuses tools whose schema is no object', async () => {
    running = await start(thinker)
    const tools = [{ ...READ_TOOL, inputSchema: { type: 'string' } as const }]
    await expect(askStream(modelOf(running), { tools })).rejects.toMatchObject({ statusCode: 400 })
  })

  test('calls a tool that it is forced to call, with arguments that its schema admits', async () => {
    running = await start(vendorOf(protocol))
    const asked = await askStream(modelOf(running), {
      tools: [READ_TOOL],
      toolChoice: { type: 'tool', toolName: 'read' },
    })
    const call = asked.content.find(part => part.type === 'tool-call')
    expect(JSON.parse(call?.input ?? '')).toEqual({ path: expect.any(String) })
  })
})

describe.each(['openai-responses', 'anthropic', 'google'] as const)(
  'thought that another %s vendor signed',
  protocol => {
    test('gets a 400, its own is taken', async () => {
      const named = (name: string) => vendorOf(protocol, { name, behaviours: BEHAVIOURS })
      running = await startVendors({ vendors: [named('north'), named('south')] })
      const model = (place: number) => modelOf({ ...running!, vendors: [running!.vendors[place]!] }, 'thinker')
      const options = { tools: [READ_TOOL], ...THINKING[protocol] }
      const asked = await askStream(model(0), { ...options, prompt: QUESTION })
      const prompt = [...QUESTION, asMessage(asked), resultsOf(asked)]
      await expect(askStream(model(1), { ...options, prompt })).rejects.toMatchObject({
        statusCode: 400,
        message: expect.stringMatching(/signature|could not be verified/),
      })
      expect((await askStream(model(0), { ...options, prompt })).finish).toBe('tool-calls')
    })
  },
)

describe('responses', () => {
  test('keeps answers that it may keep, and knows nothing of the others', async () => {
    running = await start(vendorOf('openai-responses', { behaviours: BEHAVIOURS }))
    const model = modelOf(running, 'thinker')
    const stored = {
      tools: [READ_TOOL],
      providerOptions: { openai: { forceReasoning: true, reasoningSummary: 'auto' } },
    }
    const asked = await askStream(model, { ...stored, prompt: QUESTION })
    const prompt = [...QUESTION, asMessage(asked), resultsOf(asked)]
    expect((await askStream(model, { ...stored, prompt })).finish).toBe('tool-calls')

    const forgotten = await askStream(model, { tools: [READ_TOOL], ...THINKING['openai-responses'], prompt: QUESTION })
    const reference = [...QUESTION, asMessage(forgotten), resultsOf(forgotten)]
    await expect(askStream(model, { ...stored, prompt: reference })).rejects.toMatchObject({ statusCode: 404 })
    expect(running.meter().map(row => row.keptNothing)).toEqual([undefined, undefined, true, undefined])
  })
})

test('a scripted agent makes more than forty calls, several in a turn', async () => {
  const turns = Array.from({ length: 11 }, (_, turn) => ({
    tools: Array.from({ length: 4 }, (_, place) => read(`${turn}-${place}.md`)),
  }))
  running = await start(vendorOf('openai', { behaviours: [{ match: '.', turns: [...turns, { text: 'Done.' }] }] }))
  const model = modelOf(running)
  let prompt = QUESTION
  const paths: string[] = []
  for (;;) {
    const asked = await askStream(model, { tools: [READ_TOOL], prompt })
    if (asked.finish !== 'tool-calls') break
    for (const part of asked.content) if (part.type === 'tool-call') paths.push(JSON.parse(part.input).path)
    prompt = [...prompt, asMessage(asked), resultsOf(asked)]
  }
  expect(paths).toHaveLength(44)
  expect(new Set(paths).size).toBe(44)
})
