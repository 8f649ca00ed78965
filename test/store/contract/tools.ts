import { expect, it } from 'vitest'
import type { ToolRecordKey } from '../../../src/core/ports.ts'
import type { Bench } from '../describe-store.ts'
import { newAttempt, newCall, newCommit, newRun, RUN } from '../records.ts'

const KEY: ToolRecordKey = { run: RUN, step: 3, toolCallId: 'tool-1', toolName: 'search' }

export function toolTests(bench: Bench): void {
  it('knows a tool call as new, then as unknown, then as finished', async () => {
    const { ledger, tools } = await bench.open()
    await ledger.openRun(newRun())
    expect(await tools.begin(KEY, 10)).toEqual({ kind: 'new' })
    expect(await tools.begin(KEY, 20)).toEqual({ kind: 'unknown' })
    expect(await tools.result(RUN.key, 3, 'tool-1')).toBeUndefined()
    await tools.finish(KEY, { isError: false, result: { found: [1, 2] }, preview: '2 found', atMs: 30 })
    await tools.finish(KEY, { isError: true, result: 'late', preview: 'late', atMs: 40 })
    expect(await tools.begin(KEY, 50)).toEqual({ kind: 'finished', isError: false, result: { found: [1, 2] } })
    expect(await tools.result(RUN.key, 3, 'tool-1')).toEqual({ found: [1, 2] })
    expect(await tools.begin({ ...KEY, step: 4 }, 60)).toEqual({ kind: 'new' })
  })

  it('tells the start and the end once each', async () => {
    const { ledger, tools, events } = await bench.open()
    await ledger.openRun(newRun())
    const end = { isError: true, result: null, preview: 'no such tool', atMs: 30 }
    for (let time = 0; time < 2; time++) {
      await tools.begin(KEY, 10)
      await tools.finish(KEY, end)
    }
    await tools.finish({ ...KEY, toolCallId: 'denied' }, end)
    expect(await tools.begin(KEY, 50)).toEqual({ kind: 'finished', isError: true, result: null })
    expect((await events.read(RUN.id, 1, 10)).map(event => event.kind)).toEqual([
      'tool-start',
      'tool-end',
      'tool-start',
      'tool-end',
    ])
  })

  it('keeps a result of any size', async () => {
    const { ledger, tools } = await bench.open()
    await ledger.openRun(newRun())
    const result = 'long '.repeat(1_000_000)
    await tools.begin(KEY, 10)
    await tools.finish(KEY, { isError: false, result, preview: 'long', atMs: 20 })
    expect(await tools.result(RUN.key, 3, 'tool-1')).toBe(result)
  })

  it("finds a tool's input in the answer that asked for it", async () => {
    const { ledger, tools } = await bench.open()
    await ledger.openRun(newRun())
    const call = newCall(1)
    const { transcript } = await ledger.beginCall(call)
    const attempt = newAttempt(call, 1)
    await ledger.beginAttempt(attempt)
    const input = { query: 'tides', limit: 5 }
    const message = {
      role: 'assistant' as const,
      content: [
        { type: 'text' as const, text: 'Let me look' },
        { type: 'tool-call' as const, toolCallId: 'tool-1', toolName: 'search', input },
      ],
    }
    expect(await tools.inputOf(call.callId, 'tool-1')).toBeUndefined()
    await ledger.commitAnswer(newCommit(attempt, transcript, { message }))
    expect(await tools.inputOf(call.callId, 'tool-1')).toEqual(input)
    expect(await tools.inputOf(call.callId, 'tool-2')).toBeUndefined()
  })
}
