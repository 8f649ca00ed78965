import { expect, it } from 'vitest'
import type { Book, Waiting } from '../../../workflows/run/book/book.ts'
import { waitingWords } from '../../../workflows/run/shown/run-state.ts'

const time: Waiting = { words: 'waiting until 2026-11-16 14:30:12 UTC: acme answered 429' }
const approval: Waiting = { words: 'waiting for approval: publish', asks: [] }
const raise: Waiting = { words: 'waiting for a larger budget', forRaise: true }

const wordsOf = (...waits: readonly Waiting[]) =>
  waitingWords({ waits: new Set(waits), short: new Map() } as Pick<Book, 'waits' | 'short'> as Book)

it('says what people are asked for before what passes by itself, whichever began first', () => {
  expect(wordsOf()).toBeUndefined()
  expect(wordsOf(time)).toBe(time.words)
  for (const waits of [
    [approval, time],
    [time, approval],
  ])
    expect(wordsOf(...waits)).toBe(approval.words)
  for (const waits of [
    [approval, time, raise],
    [raise, time, approval],
  ])
    expect(wordsOf(...waits)).toBe(raise.words)
})
