import { expect, it } from 'vitest'
import { createFloor } from '../../src/cli/watch/floor.ts'
import { createEventPrinter } from '../../src/cli/watch/print-events.ts'
import { createTreePrinter } from '../../src/cli/watch/print-tree.ts'
import type { RunEventBody } from '../../src/core/events.ts'
import { readEvent } from '../../src/core/read-event.ts'

function printed(events: readonly RunEventBody[], reasoning = false): readonly string[] {
  const pieces: string[] = []
  const printer = createEventPrinter({
    floor: createFloor(text => pieces.push(text)),
    run: 'r',
    command: 'signalbox',
    reasoning,
  })
  for (const [offset, event] of events.entries()) printer.print(readEvent(event, offset, 0))
  return pieces.join('').split('\n').slice(0, -1)
}

const says = (step: number, text: string, attempt = 1): RunEventBody => ({ kind: 'text-delta', step, attempt, text })

const fails = (step: number): RunEventBody => ({
  kind: 'attempt-end',
  ...{ step, attempt: 1, endpoint: 'acme:m', outcome: 'fault', fault: 'cut-off', superseded: true },
})

const answers = (step: number, text: string, attempt = 1): readonly RunEventBody[] => [
  { kind: 'attempt-end', step, attempt, endpoint: 'acme:m', outcome: 'answered', superseded: false },
  {
    kind: 'answer',
    ...{ step, attempt, endpoint: 'acme:m', text, toolCalls: [], usage: {} },
    cost: { lowPico: '0', highPico: '0' },
  },
]

const ANSWERED = 'answered by acme:m · $0.0000'

it('prints text as it comes, once', () => {
  expect(printed([says(1, 'Hello '), says(1, 'you\nthere'), ...answers(1, 'Hello you\nthere')])).toEqual([
    'step 1 │ Hello you',
    'step 1 │ there',
    `step 1 · ${ANSWERED}`,
  ])
})

it('prints the whole answer where its stream is gone', () => {
  expect(printed(answers(3, 'All of it.'))).toEqual(['step 3 │ All of it.', `step 3 · ${ANSWERED}`])
})

it('prints the end of an answer whose last pieces were never written', () => {
  const whole = 'Hello you\nthere, all of you.'
  expect(printed([says(1, 'Hello you\nth'), ...answers(1, whole)])).toEqual([
    'step 1 │ Hello you',
    'step 1 │ there, all of you.',
    `step 1 · ${ANSWERED}`,
  ])
  // A reader that came back in the middle has the beginning already.
  expect(printed([says(1, 'you\nthere'), ...answers(1, whole)])).toContain('step 1 │ there, all of you.')
  // Of two steps the second was kept back.
  const both = [says(1, 'one'), says(2, 'tw'), ...answers(2, 'two'), ...answers(1, 'one more')]
  expect(printed(both).filter(line => line.includes('│'))).toEqual(['step 1 │ one', 'step 2 │ two', 'step 1 │  more'])
})

it('says why another attempt is made, and in which class if not the one of the step', () => {
  const asks = { kind: 'attempt-start', step: 1, endpoint: 'acme:m' } as const
  const events: readonly RunEventBody[] = [
    { ...asks, attempt: 1, reason: 'planned' },
    { ...asks, attempt: 2, reason: 'repair: schema', taskClass: 'strong' },
  ]
  expect(printed(events)).toEqual([
    'step 1 · asks acme:m',
    'step 1 · asks acme:m in class strong (attempt 2, repair: schema)',
  ])
})

it('says in a line why a call is not answered', () => {
  const none = { kind: 'unanswered', step: 2, fault: 'no-route' } as const
  const last = '`signalbox explain r --step 2` shows the whole plan.'
  const few = ['All 1 are rejected:', '- one:m is denied', last]
  const many = ['All 2 are rejected:', '- one:m is denied', '- two:m is denied', last]
  expect(printed([few, many].map(lines => ({ ...none, message: lines.join('\n') })))).toEqual([
    `step 2 · not answered: no-route · All 1 are rejected: - one:m is denied ${last}`,
    `step 2 · not answered: no-route · All 2 are rejected: ${last}`,
  ])
})

it('keeps what other steps say until the first has finished', () => {
  const events = [says(1, 'one '), says(2, 'two '), says(1, 'more'), ...answers(1, 'one more'), says(2, 'too')]
  expect(printed([...events, ...answers(2, 'two too')])).toEqual([
    'step 1 │ one more',
    `step 1 · ${ANSWERED}`,
    'step 2 │ two too',
    `step 2 · ${ANSWERED}`,
  ])
})

it('lets a step that finishes first be read between the lines of another', () => {
  expect(printed([says(1, 'one'), says(2, 'two'), ...answers(2, 'two'), says(1, ' more')])).toEqual([
    'step 1 │ one',
    'step 2 │ two',
    `step 2 · ${ANSWERED}`,
  ])
})

it('says that what a superseded attempt has said is to be discarded', () => {
  expect(printed([says(1, 'half an ans'), fails(1), says(1, 'whole', 2), ...answers(1, 'whole', 2)])).toEqual([
    'step 1 │ half an ans',
    'step 1 · attempt 1 at acme:m: cut-off; DISCARD what it said',
    'step 1 │ whole',
    `step 1 · ${ANSWERED}`,
  ])
  expect(printed([fails(1)])).toEqual(['step 1 · attempt 1 at acme:m: cut-off'])
})

it('tells an attempt that was handed over at a shutdown from one that was lost with its worker', () => {
  const cut = { ...fails(1), outcome: 'abandoned', superseded: false } as const
  const { fault: _, ...lost } = cut as Extract<RunEventBody, { kind: 'attempt-end' }>
  expect(printed([{ ...lost, fault: 'cancelled' }, lost])).toEqual([
    'step 1 · attempt 1 at acme:m: handed over',
    'step 1 · attempt 1 at acme:m: worker lost',
  ])
})

it('says of an answer that it was cut at its output limit', () => {
  const [answer] = answers(1, 'half').filter(({ kind }) => kind === 'answer')
  expect(printed([{ ...answer, truncated: true } as RunEventBody]).at(-1)).toBe(
    `step 1 · ${ANSWERED} · cut at its output limit`,
  )
})

it('shows reasoning where it is asked for', () => {
  const thinks: RunEventBody = { kind: 'reasoning-delta', step: 1, attempt: 1, text: 'hm' }
  expect(printed([thinks, ...answers(1, 'Yes.')])).toEqual(['step 1 │ Yes.', `step 1 · ${ANSWERED}`])
  expect(printed([thinks, ...answers(1, 'Yes.')], true)).toContain('step 1 ┊ hm')
})

it('says how an approval is given, and how it is denied, each in a line', () => {
  const ask = { kind: 'approval-ask', step: 1, toolCallId: 'c1', toolName: 'publish', inputPreview: '{}' } as const
  expect(printed([ask]).slice(-2)).toEqual(['  signalbox approve r c1', '  or: signalbox deny r c1'])
  expect(printed([{ ...ask, priceUsd: '0.03' }])[0]).toBe('step 1 · tool publish wants approval for {} (costs $0.03)')
  expect(printed([{ ...ask, priceUsd: '0.03', actedIn: 'before' }])[0]).toBe(
    'step 1 · tool publish wants approval for {} (costs $0.03; run before has called it, and it runs at most once: approve only if it is to act again)',
  )
})

it('says of several calls of a tool how many there are, and of one that was not called or is perhaps done that it is so', () => {
  const [answer] = answers(1, 'Look').filter(({ kind }) => kind === 'answer')
  const toolCalls = ['search', 'publish', 'search']
  expect(printed([{ ...answer, toolCalls } as RunEventBody]).at(-1)).toMatch(/· asks for search \(2 times\), publish$/)
  const end = {
    kind: 'tool-end',
    step: 1,
    toolCallId: 'c1',
    toolName: 'search',
    isError: true,
    preview: '"why"',
  } as const
  expect(printed([end, { ...end, failure: 'over-budget' }, { ...end, failure: 'unknown' }])).toEqual([
    'step 1 · tool search failed: "why"',
    'step 1 · tool search not called: "why"',
    'step 1 · tool search perhaps done: "why"',
  ])
})

it('says how far a tool is, and nothing of what only a later version knows', () => {
  const call = { step: 2, toolCallId: 'c1', toolName: 'read' }
  const unknown = { kind: 'of-tomorrow', step: 2 } as unknown as RunEventBody
  const unknownBelow = { kind: 'below', run: 'r/child-1-1', event: unknown } as RunEventBody
  expect(printed([{ kind: 'tool-progress', ...call, text: '40 of 200 pages' }, unknown, unknownBelow])).toEqual([
    'step 2 · tool read · 40 of 200 pages',
  ])
})

it('says that a child has begun, by the labels that are its own, and how it has ended', () => {
  const cost = { lowPico: '0', highPico: '1200000000' }
  const child = { run: 'r/critic-1-1' }
  const events: readonly RunEventBody[] = [
    { kind: 'child-start', ...child, workflow: 'critic', labels: { seat: '7', part: 'end' } },
    { kind: 'child-end', ...child, outcome: 'failed', message: 'nobody\nanswered', cost },
    { kind: 'child-start', run: 'r/critic-1-2', workflow: 'critic' },
  ]
  expect(printed(events)).toEqual([
    'child r/critic-1-1 begins · seat=7 part=end',
    'child r/critic-1-1 ended: failed · nobody answered · $0.0000 to $0.00120',
    'child r/critic-1-2 begins',
  ])
})

it('tells a summary of the prompt from an answer', () => {
  const starts = { kind: 'step-start', step: 2, taskClass: 'cheap' } as const
  expect(printed([{ ...starts, sumsUp: true }, says(2, 'They talked\nof trains.'), ...answers(3, 'Yes.')])).toEqual([
    'step 2 · cheap · summarises the prompt',
    'step 2 · summary │ They talked',
    'step 2 · summary │ of trains.',
    'step 3 │ Yes.',
    `step 3 · ${ANSWERED}`,
  ])
})

it('says of a run that was cancelled or stopped nothing twice', () => {
  const cost = { lowPico: '0', highPico: '0' }
  expect(
    printed([
      { kind: 'child-end', run: 'r/critic-1-1', outcome: 'cancelled', message: 'the run was cancelled', cost },
      { kind: 'run-end', outcome: 'stopped', message: 'the run was stopped' },
    ]),
  ).toEqual(['child r/critic-1-1 ended: cancelled · $0.0000', 'run ended: stopped'])
})

it('prints what happens in several runs behind the id of each, what is streamed too, and what people are asked once', () => {
  const pieces: string[] = []
  const printer = createTreePrinter({
    floor: createFloor(text => pieces.push(text)),
    command: 'signalbox',
    reasoning: false,
  })
  const ask = { kind: 'approval-ask', step: 1, toolCallId: 't-1', toolName: 'print', inputPreview: '{}' } as const
  const events: readonly (readonly [string, RunEventBody])[] = [
    ['r', says(1, 'one ')],
    ['r/a', says(1, 'two\nlines')],
    ['r', { kind: 'below', run: 'r/a', event: ask }],
    ['r/a', ask],
    ...answers(1, 'one more').map(event => ['r', event] as const),
    ...answers(1, 'two\nlines').map(event => ['r/a', event] as const),
  ]
  for (const [offset, [run, event]] of events.entries()) printer.print({ run, event: readEvent(event, offset, 0) })
  expect(pieces.join('').split('\n').slice(0, -1)).toEqual([
    'r: step 1 │ one ',
    'r/a: step 1 · tool print wants approval for {}',
    'r/a:   signalbox approve r/a t-1',
    'r/a:   or: signalbox deny r/a t-1',
    'r: step 1 │ more',
    `r: step 1 · ${ANSWERED}`,
    'r/a: step 1 │ two',
    'r/a: step 1 │ lines',
    `r/a: step 1 · ${ANSWERED}`,
  ])
})
