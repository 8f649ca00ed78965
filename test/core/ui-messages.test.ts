import { DefaultChatTransport, readUIMessageStream, type UIMessage, type UIMessageChunk } from 'ai'
import { describe, expect, it } from 'vitest'
import type { RunEvent, RunEventBody } from '../../src/core/events.ts'
import { readEvent } from '../../src/core/read-event.ts'
import type { EndedRun } from '../../src/core/runs/ended-run.ts'
import { advanceUiMessage, closeUiMessage } from '../../src/core/ui-messages/advance.ts'
import type { UiMessageChunk } from '../../src/core/ui-messages/chunk.ts'
import { addChunk, type UiMessage } from '../../src/core/ui-messages/message.ts'
import { NEW_UI_MESSAGE, type Whole } from '../../src/core/ui-messages/state.ts'

const COST = { lowPico: '2000000', highPico: '2000000' }

const delta = (step: number, attempt: number, text: string): RunEventBody => ({
  kind: 'text-delta',
  step,
  attempt,
  text,
})
const thought = (step: number, attempt: number, text: string): RunEventBody => ({
  kind: 'reasoning-delta',
  step,
  attempt,
  text,
})
const lost = (step: number, attempt: number): RunEventBody => ({
  kind: 'attempt-end',
  step,
  attempt,
  endpoint: 'one:acme/small',
  outcome: 'fault',
  fault: 'cut-off',
  cost: { lowPico: '0', highPico: '1000000' },
  superseded: true,
})
const answer = (step: number, attempt: number, text: string, ...toolCalls: string[]): readonly RunEventBody[] => {
  const place = { step, attempt, endpoint: 'two:acme/large' }
  return [
    { kind: 'attempt-end', ...place, outcome: 'answered', cost: COST, superseded: false },
    { kind: 'answer', ...place, text, toolCalls, cost: COST, usage: {} },
  ]
}
const tool = (toolName: string, step = 1) => ({ step, toolCallId: `call-${toolName}`, toolName })
const began = (toolName: string, inputPreview = '{"a":1}'): RunEventBody => ({
  kind: 'tool-start',
  ...tool(toolName),
  inputPreview,
})
const ended = (toolName: string, preview: string, isError = false): RunEventBody => ({
  kind: 'tool-end',
  ...tool(toolName),
  isError,
  preview,
})
const asks = (toolName: string): RunEventBody => ({
  kind: 'approval-ask',
  ...tool(toolName),
  inputPreview: '{"text":"hello"}',
})

const END: EndedRun = { outcome: 'answered' }

/** Every chunk of a message, and how many there were behind each event. */
function chunksOf(bodies: readonly RunEventBody[], end: EndedRun | undefined = END, whole?: Whole) {
  let state = NEW_UI_MESSAGE
  const chunks: UiMessageChunk[] = [{ type: 'start', messageId: 'run-1', messageMetadata: { runId: 'run-1' } }]
  for (const event of bodies.map((body, at): RunEvent => readEvent(body, at + 1, 0))) {
    const [next, added] = advanceUiMessage(state, event, whole)
    state = next
    chunks.push(...added)
  }
  return [...chunks, ...closeUiMessage(state, end)]
}

/** The message as a browser has it: over HTTP, through the schema of the AI SDK's own reader. */
async function messageOf(chunks: readonly UiMessageChunk[]) {
  // Of each type it is the reader's own.
  const readable: readonly UIMessageChunk[] = chunks satisfies readonly UIMessageChunk[]
  const body = `${readable.map(chunk => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`
  const transport = new DefaultChatTransport({ fetch: async () => new Response(body) })
  const stream = await transport.sendMessages({
    trigger: 'submit-message',
    chatId: 'chat',
    messageId: undefined,
    messages: [],
    abortSignal: undefined,
  })
  const errors: unknown[] = []
  const states: UIMessage[] = []
  for await (const message of readUIMessageStream({ stream, onError: error => errors.push(error) }))
    states.push(structuredClone(message))
  const { id, metadata, parts } = states.at(-1)!
  // Whatever a case is about: a message of `uiMessages()` is the same.
  expect(JSON.parse(JSON.stringify(folded(chunks)))).toEqual(JSON.parse(JSON.stringify(states.at(-1))))
  const texts = states.map(state => state.parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('|'))
  return { id, metadata, errors: errors.map(String), texts, parts: parts.map(part => JSON.parse(JSON.stringify(part))) }
}

/** The message as we make it. */
function folded(chunks: readonly UiMessageChunk[]): UIMessage {
  const message: UiMessage = { id: '', role: 'assistant', parts: [] }
  return chunks.reduce((so, chunk) => addChunk(so, chunk), message)
}

const text = (words: string) => ({ type: 'text', text: words, state: 'done' })
const reasoning = (words: string) => ({ type: 'reasoning', text: words, state: 'done' })
const STEP = { type: 'step-start' }

describe('a run as a message of the AI SDK', () => {
  it('has what was thought and said, tool calls with inputs, results and failures, and what it has cost', async () => {
    const { parts, metadata, id, errors } = await messageOf(
      chunksOf([
        { kind: 'run-start', workflow: 'clerk' },
        { kind: 'step-start', step: 1, taskClass: 'cheap' },
        thought(1, 1, 'Let me '),
        thought(1, 1, 'see.'),
        delta(1, 1, 'I look'),
        ...answer(1, 1, 'I look it up.', 'add', 'break'),
        began('add'),
        began('break', '{}'),
        began('print', '{}'),
        ended('add', '{"sum":3}'),
        ended('print', 'null'),
        ended('break', '"the shelf is empty"', true),
        delta(2, 1, 'Three.'),
        ...answer(2, 1, 'Three.'),
      ]),
    )
    expect(parts).toMatchObject([
      STEP,
      reasoning('Let me see.'),
      text('I look it up.'),
      { type: 'tool-add', state: 'output-available', input: { a: 1 }, output: { sum: 3 } },
      { type: 'tool-break', state: 'output-error', input: {}, errorText: 'the shelf is empty' },
      { type: 'tool-print', state: 'output-available', output: null },
      STEP,
      text('Three.'),
    ])
    expect(parts).toHaveLength(8)
    expect(metadata).toEqual({ runId: 'run-1', outcome: 'answered', costUsd: '0.000004', offset: 16 })
    expect([id, errors]).toEqual(['run-1', []])
  })

  it('loses what a superseded attempt has said and thought, at once', async () => {
    const { parts, texts, metadata } = await messageOf(
      chunksOf([
        thought(1, 1, 'Hm.'),
        delta(1, 1, 'The answer is not'),
        lost(1, 1),
        delta(1, 2, 'The answer '),
        ...answer(1, 2, 'The answer is 7.'),
      ]),
    )
    expect(parts).toMatchObject([STEP, text('The answer is 7.')])
    expect(texts.slice(texts.indexOf('The answer is not') + 1)[0]).toBe('')
    expect(metadata).toMatchObject({ costUsd: '0.000003' })
  })

  it('has whole what its pieces were not there for, and what they were not the beginning of', async () => {
    const read = [...answer(1, 1, 'Look.', 'add'), began('add', '{"a":"lo…'), ended('add', '"lo…')]
    const whole = { reasoning: 'Hm.', input: { a: 'long' }, output: 'long' }
    expect((await messageOf(chunksOf(read, END, whole))).parts).toMatchObject([
      STEP,
      reasoning('Hm.'),
      text('Look.'),
      { type: 'tool-add', input: { a: 'long' }, output: 'long' },
    ])
    const fromTheMiddle = [thought(1, 1, 'Hm.'), delta(1, 1, 'is 7.'), ...answer(1, 1, 'The answer is 7.')]
    expect((await messageOf(chunksOf(fromTheMiddle))).parts).toMatchObject([
      STEP,
      reasoning('Hm.'),
      text('The answer is 7.'),
    ])
  })

  it('keeps calls apart that stream side by side, and what else comes meanwhile', async () => {
    const { parts } = await messageOf(
      chunksOf([
        delta(1, 1, 'One '),
        delta(2, 1, 'Two '),
        began('add'),
        delta(1, 1, 'is cut'),
        ...answer(2, 1, 'Two is done.'),
        ended('add', '3'),
        lost(1, 1),
        delta(1, 2, 'One is'),
        ...answer(1, 2, 'One is done.'),
      ]),
    )
    expect(parts.filter(({ type }) => type !== 'step-start')).toMatchObject([
      { type: 'tool-add', state: 'output-available', output: 3 },
      text('Two is done.'),
      text('One is done.'),
    ])
  })

  it('asks for approval under the id of the tool call, and has what was decided', async () => {
    const decide = (toolName: string, decision: string, rest = {}): RunEventBody => ({
      kind: 'approval-decision',
      ...tool(toolName),
      decision,
      ...rest,
    })
    const asked = [...answer(1, 1, '', 'publish', 'burn', 'bury', 'wait'), asks('publish'), asks('burn'), asks('bury')]
    expect((await messageOf(chunksOf(asked, undefined))).parts[1]).toMatchObject({ approval: { id: 'call-publish' } })
    const events: RunEventBody[] = [
      ...asked,
      asks('wait'),
      decide('publish', 'approve', { by: 'eve', note: 'fine' }),
      decide('burn', 'deny', { note: 'not yet' }),
      decide('bury', 'deny', { deadline: true }),
      { kind: 'approval-withdrawn', ...tool('wait') },
      began('publish', '{"text":"hello"}'),
      ended('publish', '"published hello"'),
    ]
    expect((await messageOf(chunksOf(events))).parts).toMatchObject([
      STEP,
      {
        type: 'tool-publish',
        state: 'output-available',
        input: { text: 'hello' },
        output: 'published hello',
        approval: { id: 'call-publish', approved: true, reason: 'fine' },
      },
      { type: 'tool-burn', state: 'output-denied', approval: { approved: false, reason: 'not yet' } },
      { type: 'tool-bury', state: 'output-denied', approval: { approved: false, reason: 'nobody decided in time' } },
      { type: 'tool-wait', state: 'output-denied', approval: { approved: false, reason: 'nobody is asked any more' } },
    ])
  })

  it('leaves an earlier tool call as it ended where a vendor uses its id again', async () => {
    const publish = (step: number): readonly RunEventBody[] => [
      ...answer(step, 1, '', 'publish'),
      { kind: 'approval-ask', ...tool('publish', step), inputPreview: '{}' },
      { kind: 'approval-decision', ...tool('publish', step), decision: 'approve' },
      { kind: 'tool-end', ...tool('publish', step), isError: false, preview: `${step}` },
    ]
    expect((await messageOf(chunksOf([...publish(1), ...publish(2)]))).parts).toMatchObject([
      STEP,
      { state: 'output-available', output: 1, approval: { id: 'call-publish', approved: true } },
      STEP,
      { state: 'output-available', output: 2, approval: { id: 'call-publish' } },
    ])
  })

  it('is read without an error where it begins behind an event, and leaves to an earlier message what began there', async () => {
    const decision = { kind: 'approval-decision', ...tool('publish'), decision: 'approve' } as const
    const behind = [decision, ended('publish', '"out"'), ...answer(2, 1, 'It is out.')]
    const { parts, errors } = await messageOf(chunksOf(behind))
    expect(parts).toMatchObject([STEP, text('It is out.')])
    expect(errors).toEqual([])
  })

  it('is at each chunk what the reader of the AI SDK has then', async () => {
    const chunks = chunksOf([
      thought(1, 1, 'Hm.'),
      delta(1, 1, 'I shall'),
      lost(1, 1),
      thought(1, 2, 'Well.'),
      delta(1, 2, 'I publish '),
      ...answer(1, 2, 'I publish it.', 'publish', 'burn', 'add'),
      asks('publish'),
      asks('burn'),
      began('add'),
      ended('add', '"no"', true),
      { kind: 'approval-decision', ...tool('publish'), decision: 'approve', note: 'fine' },
      { kind: 'approval-decision', ...tool('burn'), decision: 'deny' },
      ended('publish', '"out"'),
      { kind: 'run-reset' },
      began('publish'),
      ended('publish', '"out again"'),
      ...answer(2, 1, 'It is out.'),
    ])
    // The reader tells nothing of a step's beginning until something is in it.
    const ends = [...chunks.keys()].filter(at => chunks[at]!.type !== 'start-step')
    for (const at of ends) await messageOf(chunks.slice(0, at + 1))
    expect(ends.length).toBeGreaterThan(25)
  })

  it('says nothing of summaries of the prompt', async () => {
    const summary: RunEventBody = { kind: 'step-start', step: 2, taskClass: 'cheap', sumsUp: true }
    const events = [...answer(1, 1, 'One.'), summary, delta(2, 1, 'So far'), ...answer(2, 1, 'So far: one.')]
    const { parts, metadata } = await messageOf(chunksOf(events))
    expect(parts).toEqual([STEP, expect.objectContaining(text('One.'))])
    expect(metadata).toMatchObject({ costUsd: '0.000004' })
  })

  it('tells `onData` of what the protocol has no word for, and keeps it out of the message', async () => {
    const question: RunEventBody = {
      ...tool('print'),
      kind: 'approval-ask',
      inputPreview: 'Print it?',
      answers: ['yes'],
    }
    const below: RunEventBody = { kind: 'below', run: 'child', event: question }
    const events = [
      ...answer(1, 1, 'Well.'),
      question,
      below,
      { kind: 'wait', step: 1, ms: 1, reason: 'busy' } as const,
    ]
    const chunks = chunksOf(events)
    expect(chunks.flatMap(chunk => (chunk.type === 'data-event' ? [chunk.data.kind] : []))).toEqual([
      'approval-ask',
      'below',
      'wait',
    ])
    expect((await messageOf(chunks)).parts).toHaveLength(2)
  })

  it.each([
    [{ outcome: 'answered' }, { type: 'finish', finishReason: 'stop' }],
    [{ outcome: 'stopped' }, { type: 'finish', finishReason: 'other' }],
    [{ outcome: 'cancelled' }, { type: 'abort', reason: 'the run has ended: cancelled' }],
    [
      { outcome: 'failed', message: 'one refuses the key' },
      { type: 'error', errorText: 'one refuses the key' },
    ],
    [
      { outcome: 'out-of-budget', message: '$0.01 is spent' },
      { type: 'error', errorText: '$0.01 is spent' },
    ],
  ] as const)('ends as its run does: %j', async (end, last) => {
    const chunks = chunksOf([...answer(1, 1, 'Well.', 'add'), began('add'), delta(2, 1, 'half an ans')], end)
    expect(chunks.at(-1)).toMatchObject(last)
    const { parts, metadata, errors } = await messageOf(chunks)
    expect(metadata).toMatchObject(end)
    expect(parts).toMatchObject([STEP, text('Well.'), { type: 'tool-add', state: 'output-error' }, STEP])
    expect(errors).toEqual(last.type === 'error' ? [`Error: ${last.errorText}`] : [])
  })
})
