import { describe, expect, it } from 'vitest'
import { createFooter } from '../../src/cli/demo/footer.ts'
import { footerLines } from '../../src/cli/demo/footer-lines.ts'
import { plainLine } from '../../src/cli/demo/plain-lines.ts'
import { createProgress } from '../../src/cli/demo/progress.ts'
import { NOT_STARTED, withEvent } from '../../src/cli/demo/run-progress.ts'
import type { RunEventBody } from '../../src/core/events.ts'
import { exactCost } from '../../src/core/money/cost.ts'
import { readEvent } from '../../src/core/read-event.ts'

const ESCAPE = '\u001b'
const HALF_A_CENT = exactCost(5_000_000_000n)
const endpoint = 'acme:acme/large'

const CUT: readonly RunEventBody[] = [
  { kind: 'run-start', workflow: 'desk' },
  { kind: 'step-start', step: 1, taskClass: 'strong' },
  { kind: 'attempt-start', step: 1, attempt: 1, endpoint },
  { kind: 'text-delta', step: 1, attempt: 1, text: 'Once upon a' },
  {
    kind: 'attempt-end',
    step: 1,
    attempt: 1,
    endpoint,
    outcome: 'fault',
    fault: 'cut-off',
    cost: HALF_A_CENT,
    superseded: true,
  },
  { kind: 'attempt-start', step: 1, attempt: 2, endpoint: 'other:acme/large' },
  { kind: 'text-delta', step: 1, attempt: 2, text: 'There was\nonce' },
]

const events = (bodies: readonly RunEventBody[]) => bodies.map((body, offset) => readEvent(body, offset, offset))

describe('the live view', () => {
  const run = events(CUT).reduce(withEvent, NOT_STARTED)

  it('shows step, class, endpoint, attempts, the cost so far, and only what the last attempt said', () => {
    expect(footerLines('desk', run, 100)).toEqual([
      '▸ desk · 0 answers · $0.00500',
      '    step 1 · strong · other:acme/large · attempt 2 after cut-off │ There was once',
    ])
  })

  it('tells an attempt that was handed over at a shutdown from one that was cancelled', () => {
    const end = { kind: 'attempt-end', step: 1, attempt: 2, endpoint, fault: 'cancelled', superseded: true } as const
    const [handedOver, cancelled] = events([
      { ...end, outcome: 'abandoned' },
      { ...end, outcome: 'cancelled' },
    ])
    expect(withEvent(run, handedOver!).open[0]!.faults).toEqual(['cut-off', 'handed over'])
    expect(plainLine(handedOver!)).toBe('step 1 · acme:acme/large handed over')
    expect(plainLine(cancelled!)).toBe('step 1 · acme:acme/large cancelled')
  })

  it.each([20, 40, 60, 79])('keeps every line within %d columns', columns => {
    const long = events([{ kind: 'text-delta', step: 1, attempt: 2, text: ' word'.repeat(100) }]).reduce(withEvent, run)
    for (const line of footerLines('desk', long, columns)) expect(line.length).toBeLessThanOrEqual(columns)
  })

  it('shows who goes on of two that were asked at the same time', () => {
    const hedged = (loser: number) =>
      events([
        { kind: 'step-start', step: 1, taskClass: 'strong' },
        { kind: 'attempt-start', step: 1, attempt: 1, endpoint, reason: 'planned' },
        { kind: 'attempt-start', step: 1, attempt: 2, endpoint: 'other:acme/large', reason: 'hedge: no first token' },
        { kind: 'text-delta', step: 1, attempt: 3 - loser, text: 'There was' },
        { kind: 'attempt-end', step: 1, attempt: loser, endpoint, outcome: 'outrun', superseded: true },
      ]).reduce(withEvent, NOT_STARTED)
    expect(footerLines('desk', hedged(1), 100)[1]).toContain('other:acme/large │ There was')
    expect(footerLines('desk', hedged(2), 100)[1]).toContain('acme:acme/large │ There was')
  })

  it('drops a step that has its answer', () => {
    const answer = { kind: 'answer', step: 1, attempt: 2, endpoint, text: '', toolCalls: [], usage: {} } as const
    const after = events([{ ...answer, cost: HALF_A_CENT }]).reduce(withEvent, run)
    expect(footerLines('desk', after, 100)).toEqual(['▸ desk · 1 answer · $0.00500'])
  })

  it('shows what each tool at work has said last', () => {
    const call = (toolCallId: string) => ({ step: 1, toolCallId, toolName: 'read' })
    const after = events([
      { kind: 'tool-start', ...call('a') },
      { kind: 'tool-start', ...call('b') },
      { kind: 'tool-progress', ...call('a'), text: '1 page' },
      { kind: 'tool-progress', ...call('a'), text: '2 pages' },
    ]).reduce(withEvent, NOT_STARTED)
    expect(footerLines('desk', after, 100)).toEqual(['▸ desk · 0 answers · $0.0000 · runs read, read (2 pages)'])
    const end = { kind: 'tool-end', ...call('a'), isError: false, preview: '' } as const
    const [head] = footerLines('desk', events([end]).reduce(withEvent, after), 100)
    expect(head).toBe('▸ desk · 0 answers · 1 tool call · $0.0000 · runs read')
    const cancelled = events([{ ...end, isError: true, cancelled: true }]).reduce(withEvent, after)
    expect(footerLines('desk', cancelled, 100)[0]).toBe('▸ desk · 0 answers · $0.0000 · runs read')
  })

  it('is redrawn in place, below the lines that stay', () => {
    let written = ''
    const footer = createFooter(text => {
      written += text
    })
    footer.draw(['one', 'two'])
    footer.print('stays')
    footer.draw([])
    const clear = `\r${ESCAPE}[2A${ESCAPE}[J`
    expect(written).toBe(`one\ntwo\n${clear}stays\none\ntwo\n${clear}`)
  })
})

describe('progress that is no terminal’s', () => {
  it('is plain lines: no control characters, no pieces of text', () => {
    let written = ''
    const progress = createProgress({ isTTY: false, columns: 80, write: (text: string) => (written += text) })
    progress.watcher.started({ id: 'desk-1', workflow: 'desk', url: 'http://ui/1' })
    const call = { step: 1, toolCallId: 'a', toolName: 'read', preview: '' }
    const ends: readonly RunEventBody[] = [
      { kind: 'tool-end', ...call, isError: false },
      { kind: 'tool-end', ...call, isError: true },
      { kind: 'tool-end', ...call, isError: true, cancelled: true },
    ]
    for (const event of events([...CUT, ...ends])) progress.watcher.saw('desk-1', event)
    progress.stop()
    expect(written.trim().split('\n')).toEqual([
      'desk · desk-1 · http://ui/1',
      'desk · step 1 · strong',
      'desk · step 1 · acme:acme/large cut-off',
      'desk · step 1 · attempt 2 at other:acme/large',
      'desk · step 1 · read done',
      'desk · step 1 · read failed',
      'desk · step 1 · read was cancelled',
    ])
  })
})
