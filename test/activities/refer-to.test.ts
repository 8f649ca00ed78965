import { expect, it } from 'vitest'
import { referTo } from '../../activities/refer-to.ts'
import type { JsonValue } from '../../src/core/messages.ts'
import { capResult } from '../../src/tools/index.ts'

const MOST = 1_900_000

const refer = (result: JsonValue, asked: { readonly historyBytes?: number; readonly callId?: string } = {}) =>
  referTo({ toolCallId: 'one', toolName: 'rows', step: 1, ...asked }, 'question', { isError: false, result })

const rows = (many: number) => Array.from({ length: many }, (_, at) => ({ id: `${at}`, of: 'a', to: 'b', by: 'c' }))

it('counts a result as history takes it, as text inside of a text', () => {
  const fits = refer(rows(30_000), { historyBytes: MOST })
  expect(fits).toMatchObject({ stored: false, preview: JSON.stringify(rows(30_000)) })
  const beyond = refer(rows(38_000), { historyBytes: MOST })
  expect(beyond.bytes).toBeLessThan(MOST)
  expect(beyond).toMatchObject({ stored: true, question: 'question' })
  expect(Buffer.byteLength(beyond.preview)).toBeLessThanOrEqual(512)
})

it('gives a workflow nothing as whole that was cut before, and leaves a model’s as it was', () => {
  const cut = capResult(rows(1_000), 512)
  expect(refer(cut, { historyBytes: 1_000 })).toMatchObject({ stored: true })
  expect(refer(cut)).toMatchObject({ stored: true })
  expect(refer(cut, { callId: 'call' })).toMatchObject({ stored: false, preview: JSON.stringify(cut) })
  const told = 'It ended in "[Cut here: the whole result has 7 bytes, and you see the first 5.", they said.'
  expect(refer(told)).toMatchObject({ stored: false, preview: JSON.stringify(told) })
})

it('shows a model no file of more than 20 MB, also where its data is a text', () => {
  const shown = (text: string) =>
    capResult({ type: 'content', value: [{ type: 'file', mediaType: 'text/csv', data: { type: 'text', text } }] }, 512)
  expect(shown('ü'.repeat(10_000_000))).toMatchObject({ type: 'content' })
  expect(() => shown('ü'.repeat(10_000_001))).toThrow('it gave a file of 20000002 bytes')
})
