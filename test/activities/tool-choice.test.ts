import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CallModelPorts } from '../../activities/call-model/ports.ts'
import type { CallModelInput, CallModelResult } from '../../src/core/protocol.ts'
import { beginCall } from '../support/call-scene.ts'
import { type Calling, callOf, startCalling, userMessage } from '../support/calling.ts'
import { APP, VENDORS, YAML } from '../support/scene.ts'

let calling: Calling

beforeEach(async () => {
  calling = await startCalling({ yaml: YAML, ...VENDORS, app: APP })
})

afterEach(() => calling.close())

async function call(changes: Partial<CallModelInput>, ports: CallModelPorts = calling.wired.ports) {
  const run = await calling.open({ id: 'chosen' })
  return beginCall(ports, callOf({ run, taskClass: 'cheap', tools: ['add', 'big'], ...changes })).result
}

/** As servers are that take a choice and do not heed it: of the first so many requests it leaves out what they say of it. */
function heedless(requests: number): { readonly ports: CallModelPorts; readonly prompts: string[] } {
  const { ports } = calling.wired
  const prompts: string[] = []
  const models: CallModelPorts['models'] = {
    ask({ toolChoice, ...ask }) {
      prompts.push(JSON.stringify(ask.prompt))
      const isHeard = prompts.length > requests && toolChoice !== undefined
      return ports.models.ask({ ...ask, ...(isHeard && { toolChoice }) })
    },
  }
  return { ports: { ...ports, models }, prompts }
}

const attemptsOf = ({ attempts }: CallModelResult) =>
  attempts.map(({ endpoint, outcome, fault }) => `${endpoint} ${fault ?? outcome}`)

const calledIn = (result: CallModelResult) =>
  result.kind === 'answered' ? result.answer.toolCalls.map(({ toolName }) => toolName) : result.kind

async function reasons(): Promise<readonly string[]> {
  const found = await calling.store.reports.attempts({ run: 'chosen', limit: 9 })
  return found.map(({ reason }) => reason)
}

describe('a call for which tools are chosen', () => {
  it('is answered by the tool that it names, by any, or by none', async () => {
    expect(calledIn(await call({ toolChoice: 'add' }))).toEqual(['add'])
    expect(calledIn(await call({ toolChoice: 'required' }))).toHaveLength(1)
    expect(calledIn(await call({ toolChoice: 'none', additions: [userMessage('What is the sum?')] }))).toEqual([])
    expect(calledIn(await call({ additions: [userMessage('What is the sum?')] }))).toEqual(['add', 'add'])
  })

  it.each([
    ['add', 'Tell me a story.', 'Call the tool add in this answer', ['add']],
    ['required', 'Tell me a story.', 'Call one of your tools in this answer', ['big']],
    ['big', 'What is the sum?', 'Call the tool big in this answer', ['add', 'add', 'big']],
    ['none', 'What is the sum?', 'call no tool in this answer', []],
  ])('is asked once more, and told so, by whom %s was not heeded', async (toolChoice, prompt, words, called) => {
    const { ports, prompts } = heedless(1)
    const asked = called.length < 3 ? ports : withCall(ports, 'big')
    const result = await call({ toolChoice, additions: [userMessage(prompt)] }, asked)
    expect(attemptsOf(result)).toEqual(['one:acme/small malformed-reply', 'one:acme/small answered'])
    expect(await reasons()).toEqual(['planned', 'repair: tool-call'])
    expect(prompts[0]).not.toContain(words)
    expect(prompts[1]).toContain(words)
    expect(calledIn(result)).toEqual(called)
  })

  it('goes elsewhere where that changes nothing', async () => {
    const result = await call({ toolChoice: 'add' }, heedless(2).ports)
    expect(attemptsOf(result)).toEqual([
      'one:acme/small malformed-reply',
      'one:acme/small malformed-reply',
      'two:acme/large answered',
    ])
    expect(calledIn(result)).toEqual(['add'])
  })

  it('ends with that fault where nobody heeds it, and says what was wanted', async () => {
    const result = await call({ toolChoice: 'add' }, heedless(16).ports)
    expect(result).toMatchObject({ kind: 'fault', fault: { kind: 'malformed-reply' } })
    expect(result).toHaveProperty('fault.message', expect.stringContaining("did not call the tool 'add'"))
  })
})

/** The second answer calls this tool too. */
function withCall(ports: CallModelPorts, toolName: string): CallModelPorts {
  let answers = 0
  const models: CallModelPorts['models'] = {
    async ask(ask) {
      const reply = await ports.models.ask(ask)
      answers += 1
      if (answers === 1 || reply.kind === 'fault') return reply
      const part = { type: 'tool-call', toolCallId: 'call_9', toolName, input: {} } as const
      return { ...reply, message: { ...reply.message, content: [...reply.message.content, part] } }
    },
  }
  return { ...ports, models }
}
