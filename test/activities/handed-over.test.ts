import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Addition, PromptView } from '../../src/core/protocol.ts'
import { type Calling, startCalling, userMessage } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'

let calling: Calling

beforeAll(async () => {
  calling = await startCalling(marketOf({ one: {} }, 'classes: { open: { maxOutputTokens: 100 } }'))
})

afterAll(() => calling.close())

const INSTRUCTIONS = { role: 'system', content: 'You take over.' } as const

describe('a conversation that is handed over', () => {
  it('begins the transcript of the new agent, once, also where the call is tried again', async () => {
    const run = await calling.open({ id: 'relay' })
    const additions = [{ role: 'system', content: 'You begin.' }, userMessage('Hello.')] as const
    const first = await calling.call({ run, additions })
    if (first.kind !== 'answered') throw new Error(first.kind)
    const { transcript } = first.answer
    const handed = [INSTRUCTIONS, { role: 'handed-over', transcript }, userMessage('Go on.')] as const
    const second = await calling.call({ run, step: 2, additions: handed })
    expect(await calling.call({ run, step: 2, additions: handed })).toEqual(second)
    if (second.kind !== 'answered') throw new Error(second.kind)
    const before = await calling.store.transcripts.read(transcript)
    const after = await calling.store.transcripts.read(second.answer.transcript)
    expect(after.slice(0, -1)).toEqual([INSTRUCTIONS, ...before.slice(1), userMessage('Go on.')])
    expect(before[0]).toEqual(additions[0])
  })
})

describe('a call that adds what this worker does not know', () => {
  it.each<PromptView | undefined>([undefined, { since: 1, by: 'clearing', clearedBefore: 2 }])(
    'is left to a newer worker, with nothing written or asked, under the view %j',
    async view => {
      const run = await calling.open({ id: `newer-${view?.by}` })
      const newer = { role: 'of-a-later-version', of: 'something' } as unknown as Addition
      const additions = [INSTRUCTIONS, newer, userMessage('Go on.')]
      await expect(calling.call({ run, additions, ...(view && { view }) })).rejects.toThrow(TypeError)
      expect(await calling.store.reports.attempts({ run: run.id, limit: 9 })).toEqual([])
      await expect(calling.store.transcripts.read({ lineage: `${run.key}/1`, length: 1 })).rejects.toThrow('missing')
    },
  )
})
