import { describe, expect, it } from 'vitest'
import type { AttemptRecord } from '../../src/core/ports.ts'
import { FAULT_SCRIPT_KINDS } from '../../src/providers/simulated/fault-rule.ts'
import type { MeterRow } from '../../src/providers/simulated/index.ts'
import { answerProblem, type Given } from '../../wall/answer.ts'
import { FAULTS } from '../../wall/faults/index.ts'
import { ledgerProblem } from '../../wall/ledger.ts'
import { RIGHT_CALLS, RIGHT_TEXT, RIGHT_VALUE } from '../../wall/questions.ts'

const TEXT = `${RIGHT_TEXT} [abc123]`

function given(changes: { text?: string; mode?: Given['mode']; value?: never; more?: Partial<Given['answer']> } = {}) {
  const { text = TEXT, mode = 'text', more } = changes
  const answer = {
    callId: 'call',
    text,
    toolCalls: [],
    truncated: false,
    endpoint: 'one:wall/one',
    model: 'wall/one',
    transcript: { lineage: 'l', length: 2 },
    ...more,
  }
  const transcript = [
    { role: 'user', content: [] },
    { role: 'assistant', content: [{ type: 'text', text }] },
  ] as Given['transcript']
  return { mode, answer, transcript, asked: 1, digest: 'abc123', truncated: false }
}

describe('the wall', () => {
  it('takes the right answer, and none that is cut, doubled, invented or of another request', () => {
    expect(answerProblem(given())).toBeUndefined()
    const wrong = [
      TEXT.slice(0, -20),
      TEXT + TEXT,
      `${TEXT} And more.`,
      `${RIGHT_TEXT} [fff000]`,
      TEXT.replace('日', ''),
    ]
    for (const text of wrong) expect(answerProblem(given({ text })), text.slice(-30)).toBeDefined()
  })

  it('takes no answer that stands in the transcript otherwise than it was given, or twice', () => {
    const one = given()
    expect(answerProblem({ ...one, answer: { ...one.answer, text: `${TEXT} ` } })).toBeDefined()
    expect(answerProblem({ ...one, transcript: [...one.transcript, one.transcript[1]!] })).toBeDefined()
  })

  it('takes no value and no tool call but the right ones', () => {
    const value = given({ mode: 'structured', more: { value: RIGHT_VALUE } })
    expect(answerProblem(value)).toBeUndefined()
    expect(answerProblem({ ...value, answer: { ...value.answer, value: { ...RIGHT_VALUE, ok: false } } })).toBeDefined()
    const calls = RIGHT_CALLS.map((call, at) => ({ type: 'tool-call' as const, toolCallId: `c${at}`, ...call }))
    const withCalls = (content: typeof calls) =>
      answerProblem({
        ...given({ mode: 'tools', text: '' }),
        transcript: [
          { role: 'user', content: [] },
          { role: 'assistant', content },
        ],
      })
    expect(withCalls(calls)).toBeUndefined()
    for (const content of [calls.slice(1), [...calls, calls[0]!], calls.map(call => ({ ...call, toolCallId: 'c' }))])
      expect(withCalls(content)).toBeDefined()
  })

  it('takes a truncated answer only where one is due, and only one that says so', () => {
    const cut = given({ text: RIGHT_TEXT.slice(0, 100), more: { truncated: true } })
    expect(answerProblem({ ...cut, truncated: true })).toBeUndefined()
    expect(answerProblem(cut)).toBeDefined()
    expect(answerProblem({ ...given({ text: RIGHT_TEXT.slice(0, 100) }), truncated: true })).toBeDefined()
  })

  it('takes no ledger that misses a request, bounds what was billed wrongly, or says exactly what is not so', () => {
    const row = (low: string, high: string) =>
      [
        { wireRequestId: 'a', attempt: 1, outcome: 'answered', cost: { lowPico: low, highPico: high } },
      ] as never as AttemptRecord[]
    const metered = (id: string) => [{ vendor: 'one', clientRequestId: id, billedPico: '10' }] as never as MeterRow[]
    expect(ledgerProblem(row('10', '10'), metered('a'))).toBeUndefined()
    expect(ledgerProblem(row('0', '20'), metered('a'))).toBeUndefined()
    expect(ledgerProblem(row('10', '10'), metered('b'))).toBeDefined()
    expect(ledgerProblem(row('11', '20'), metered('a'))).toBeDefined()
    expect(ledgerProblem(row('9', '9'), [...metered('a')])).toBeDefined()
  })

  it('has every fault that the simulated vendors can have', () => {
    const struck = new Set(FAULTS.flatMap(({ rules }) => rules.map(({ kind }) => kind)))
    expect([...FAULT_SCRIPT_KINDS].filter(kind => !struck.has(kind))).toEqual([])
  })

  it('gives every fault one name and bounds its attempts', () => {
    for (const { name, expected } of FAULTS) {
      expect(
        FAULTS.filter(fault => fault.name === name),
        name,
      ).toHaveLength(1)
      expect(expected.attempts[1], name).toBeLessThanOrEqual(6)
    }
  })
})
