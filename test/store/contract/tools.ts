import { hash } from 'node:crypto'
import { expect, it } from 'vitest'
import type { ToolRecordKey } from '../../../src/core/ports.ts'
import type { RunRef } from '../../../src/core/protocol.ts'
import type { Bench } from '../describe-store.ts'
import { newAttempt, newCall, newCommit, newRun, RUN } from '../records.ts'

const KEY: ToolRecordKey = { run: RUN, step: 3, toolCallId: 'tool-1', toolName: 'search' }

const OTHER: RunRef = { ...RUN, id: 'letter-2', key: 'other-run-1' }

function partOf(part: string, toolCallId: string): ToolRecordKey {
  return { ...KEY, part, toolCallId }
}

export function toolTests(bench: Bench): void {
  it('knows a tool call as new, then as unknown, then as finished', async () => {
    const { ledger, tools } = await bench.open()
    await ledger.openRun(newRun())
    expect(await tools.begin(KEY, 10)).toEqual({ kind: 'new' })
    expect(await tools.begin(KEY, 20)).toEqual({ kind: 'unknown' })
    expect(await tools.result(RUN.key, 3, 'tool-1')).toBeUndefined()
    expect(await tools.latest(RUN.key, 3, 'tool-1')).toBeUndefined()
    expect(await tools.ended(KEY)).toBeUndefined()
    const first = { isError: false, result: { found: [1, 2] } }
    expect(await tools.finish(KEY, { ...first, preview: '2 found', atMs: 30 })).toEqual(first)
    expect(await tools.finish(KEY, { isError: true, result: 'late', preview: 'late', atMs: 40 })).toEqual(first)
    expect(await tools.begin(KEY, 50)).toEqual({ kind: 'finished', isError: false, result: { found: [1, 2] } })
    expect(await tools.result(RUN.key, 3, 'tool-1')).toEqual({ found: [1, 2] })
    expect(await tools.ended(KEY)).toEqual(first)
    expect(await tools.begin({ ...KEY, step: 4 }, 60)).toEqual({ kind: 'new' })
  })

  it('takes an id of 2,000 bytes, as open runs of earlier workers may have', async () => {
    const { ledger, tools, events } = await bench.open()
    await ledger.openRun(newRun())
    const hex = Array.from({ length: 40 }, (_, at) => hash('sha256', `${at}`)).join('')
    const key = { ...partOf('a'.repeat(36), hex.slice(0, 2_000)), question: hash('sha256', 'what') }
    expect(await tools.begin(key, 10)).toEqual({ kind: 'new' })
    await tools.cancelled(key, 20)
    expect(await events.read(RUN.id, 0, 100)).toContainEqual(expect.objectContaining({ kind: 'tool-end' }))
    expect(await tools.begin(key, 30)).toEqual({ kind: 'unknown' })
  })

  it('keeps in what way a tool failed', async () => {
    const { ledger, tools, events } = await bench.open()
    await ledger.openRun(newRun())
    await tools.begin(KEY, 10)
    const failed = { isError: true, failure: 'unknown', result: 'nobody knows' } as const
    expect(await tools.finish(KEY, { ...failed, preview: 'nobody knows', atMs: 30 })).toEqual(failed)
    expect(await tools.begin(KEY, 50)).toEqual({ kind: 'finished', ...failed })
    expect(await tools.ended(KEY)).toEqual(failed)
    expect((await events.read(RUN.id, 1, 10)).at(-1)).toMatchObject({
      kind: 'tool-end',
      isError: true,
      failure: 'unknown',
    })
  })

  it('tells a fork, and a fork of that, what was called from its step on, unless it may act again', async () => {
    const { ledger, tools } = await bench.open()
    await ledger.openRun(newRun())
    for (const step of [2, 3]) await tools.begin({ ...KEY, step, toolName: `tool-of-${step}` }, 10)
    const fork = async (id: string, of: typeof RUN, more = {}) => {
      const run = { ...RUN, id, key: `key-${id}` }
      const transcript = { lineage: `${of.key}/1`, length: 0 }
      await ledger.openRun(newRun({ run, forkedFrom: { run: of.id, step: 3, transcript, ...more } }))
      return run
    }
    const first = await fork('fork', RUN)
    await tools.begin({ ...KEY, run: first, toolName: 'tool-of-fork' }, 10)
    const second = await fork('again', first)
    const free = await fork('free', RUN, { actAgain: true })
    const acted = async ({ key }: typeof RUN) => Object.fromEntries(await tools.actedBefore(key))
    expect(await acted(RUN)).toEqual({})
    expect(await acted(first)).toEqual({ 'tool-of-3': RUN.id })
    expect(await acted(second)).toEqual({ 'tool-of-3': RUN.id, 'tool-of-fork': 'fork' })
    expect(await acted(free)).toEqual({})
  })

  it('tells a fork, and agents below it, what agents below the run were asked to do from its step on', async () => {
    const { ledger, tools } = await bench.open()
    const below = (run: typeof RUN, name: string) => ({
      ...run,
      id: `${run.id}/${name}`,
      key: `${run.key}/${name}`,
      root: run.id,
      scope: run.key,
    })
    await ledger.openRun(newRun())
    // One that came to the same step long before.
    await ledger.openRun(newRun({ run: OTHER }))
    await ledger.beginCall(newCall(3, { run: OTHER, startedAtMs: 1 }))
    for (const step of [2, 3]) {
      await ledger.beginCall(newCall(step, { startedAtMs: step * 1_000 }))
      const run = below(RUN, `desk-${step}`)
      await ledger.openRun(newRun({ run, startedAtMs: step * 1_000 + 10 }))
      await tools.begin({ ...KEY, run, step: 1, toolName: `tool-of-${step}` }, 10)
    }
    const fork = { ...RUN, id: 'fork', key: 'key-fork' }
    const transcript = { lineage: `${RUN.key}/1`, length: 0 }
    await ledger.openRun(newRun({ run: fork, forkedFrom: { run: RUN.id, step: 3, transcript } }))
    await ledger.openRun(newRun({ run: below(fork, 'desk-3') }))
    for (const { key } of [fork, below(fork, 'desk-3')])
      expect(Object.fromEntries(await tools.actedBefore(key))).toEqual({ 'tool-of-3': RUN.id })
    expect(Object.fromEntries(await tools.actedBefore(below(RUN, 'desk-3').key))).toEqual({})
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

  it('shows what a tool says last, apart for each call, until it ends', async () => {
    const { ledger, tools, events } = await bench.open()
    await ledger.openRun(newRun({ part: 'first' }))
    const [one, two] = [partOf('first', 'tool-1'), partOf('first', 'tool-2')]
    const shown = async () => {
      const all = await events.read(RUN.id, 0, 100)
      return all.flatMap(event => (event.kind === 'tool-progress' ? [[event.toolCallId, event.text]] : []))
    }
    await tools.progress(one, 'too early', 5)
    for (const key of [one, two]) await tools.begin(key, 10)
    for (const text of ['one page', 'two pages']) for (const key of [one, two]) await tools.progress(key, text, 20)
    expect(await shown()).toEqual([
      ['tool-1', 'two pages'],
      ['tool-2', 'two pages'],
    ])
    const last = (await events.read(RUN.id, 0, 100)).at(-1)
    expect(last).toMatchObject({ kind: 'tool-progress', step: 3, toolName: 'search', atMs: 20 })
    await tools.finish(one, { isError: false, result: 1, preview: '1', atMs: 30 })
    await tools.progress(one, 'of a worker that was believed lost', 40)
    expect(await shown()).toEqual([['tool-2', 'two pages']])
    // A reader that was there before is told of what came since.
    expect(await events.read(RUN.id, last!.offset, 100)).toMatchObject([{ kind: 'tool-end', toolCallId: 'tool-1' }])
    await ledger.closeRun(RUN, { outcome: 'failed', endedAtMs: 50 })
    await tools.progress(two, 'after the end', 60)
    expect(await shown()).toEqual([])
  })

  it('tells that a tool at work was cancelled, and nothing of one that had not begun or whose run has ended', async () => {
    const { ledger, tools, events } = await bench.open()
    await ledger.openRun(newRun({ part: 'first' }))
    const [one, two] = [partOf('first', 'tool-1'), partOf('first', 'tool-2')]
    await tools.cancelled(one, 5)
    await tools.begin(one, 10)
    await tools.progress(one, 'one page', 20)
    await tools.cancelled(one, 30)
    expect(await events.read(RUN.id, 1, 10)).toMatchObject([
      { kind: 'tool-start' },
      { kind: 'tool-end', step: 3, toolCallId: 'tool-1', toolName: 'search', isError: true, cancelled: true },
    ])
    await tools.begin(two, 40)
    await ledger.closeRun(RUN, { outcome: 'cancelled', endedAtMs: 50 })
    await tools.cancelled(two, 60)
    expect((await events.read(RUN.id, 1, 10)).at(-1)).toMatchObject({ kind: 'run-end' })
    expect(await tools.begin(partOf('reset', 'tool-1'), 70)).toEqual({ kind: 'unknown' })
    await tools.finish(partOf('reset', 'tool-1'), { isError: false, result: 1, preview: '1', atMs: 80 })
    expect((await events.read(RUN.id, 1, 10)).at(-1)).toEqual(expect.not.objectContaining({ cancelled: true }))
  })

  it('tells when a run ends that what it leaves behind is cancelled, once, and again of what a reset run has begun again', async () => {
    const { ledger, tools, events } = await bench.open()
    const cancelled = async () =>
      (await events.read(RUN.id, 1, 100)).flatMap(event =>
        event.kind === 'tool-end' && event.cancelled ? [`${event.toolCallId} at ${event.atMs}`] : [],
      )
    for (const run of [OTHER, RUN]) await ledger.openRun(newRun({ run, part: 'first' }))
    await tools.begin({ ...partOf('first', 'tool-4'), run: OTHER }, 5)
    const [told, done, left] = ['tool-1', 'tool-2', 'tool-3'].map(toolCallId => partOf('first', toolCallId))
    for (const key of [told!, done!, left!]) await tools.begin(key, 10)
    await tools.cancelled(told!, 20)
    await tools.finish(done!, { isError: false, result: 1, preview: '1', atMs: 30 })
    for (const _ of [1, 2]) await ledger.closeRun(RUN, { outcome: 'cancelled', part: 'first', endedAtMs: 40 })
    expect(await cancelled()).toEqual(['tool-1 at 20', 'tool-3 at 40'])
    expect((await events.read(RUN.id, 1, 100)).at(-1)).toMatchObject({ kind: 'run-end' })
    await tools.begin(partOf('reset', 'tool-3'), 50)
    await ledger.closeRun(RUN, { outcome: 'cancelled', part: 'reset', endedAtMs: 60 })
    expect(await cancelled()).toEqual(['tool-1 at 20', 'tool-3 at 40', 'tool-3 at 60'])
  })

  it('shows what a tool of a workflow says also when an answer comes meanwhile, which has the same step', async () => {
    const { ledger, tools, events } = await bench.open()
    await ledger.openRun(newRun())
    const call = newCall(3)
    const { transcript } = await ledger.beginCall(call)
    const attempt = newAttempt(call, 1)
    await ledger.beginAttempt(attempt)
    await tools.begin(KEY, 10)
    await tools.progress(KEY, 'one page', 20)
    await events.write(RUN, [{ kind: 'text-delta', step: 3, attempt: 1, text: 'Dear' }], 20)
    await ledger.commitAnswer(newCommit(attempt, transcript))
    const kinds = (await events.read(RUN.id, 0, 100)).map(({ kind }) => kind)
    expect(kinds).toContain('tool-progress')
    expect(kinds).not.toContain('text-delta')
  })

  it('refuses a tool call that a worker that was believed lost begins in a run that has ended, and gives a finished one', async () => {
    const { ledger, tools, reports } = await bench.open()
    await ledger.openRun(newRun({ part: 'first' }))
    const [finished, begun] = [partOf('first', 'tool-1'), partOf('first', 'tool-2')]
    await tools.begin(finished, 10)
    await tools.finish(finished, { isError: false, result: 1, preview: '1', atMs: 20 })
    await tools.begin(begun, 20)
    await ledger.closeRun(RUN, { outcome: 'failed', message: 'the run was terminated', endedAtMs: 30 })
    expect(await tools.begin(finished, 40)).toEqual({ kind: 'finished', isError: false, result: 1 })
    for (const late of [begun, partOf('first', 'tool-3')])
      await expect(tools.begin(late, 40)).rejects.toThrow(`The run ${RUN.id} has ended`)
    expect(await reports.run(RUN.id)).toMatchObject({ outcome: 'failed', endedAtMs: 30 })
  })

  it('begins a call for which another run runs, but nothing in a run that has ended', async () => {
    const { ledger, tools, events } = await bench.open()
    await ledger.openRun(newRun({ part: 'first' }))
    for (const _ of [1, 2]) await tools.begun(partOf('first', 'tool-1'), 10)
    expect(await tools.begin(partOf('first', 'tool-1'), 15)).toEqual({ kind: 'unknown' })
    await tools.finish(partOf('first', 'tool-1'), { isError: false, result: 1, preview: '1', atMs: 20 })
    await ledger.closeRun(RUN, { outcome: 'failed', endedAtMs: 30 })
    await tools.begun(partOf('first', 'tool-2'), 40)
    await tools.begun({ ...KEY, toolCallId: 'tool-3' }, 40)
    expect((await events.read(RUN.id, 1, 10)).map(({ kind }) => kind)).toEqual(['tool-start', 'tool-end', 'run-end'])
    await tools.begun(partOf('reset', 'tool-4'), 50)
    expect(await events.read(RUN.id, 4, 10)).toMatchObject([{ kind: 'run-reset' }, { kind: 'tool-start' }])
  })

  it('lets a part go on that is new, also where it begins with a tool call, and knows it from then on', async () => {
    const { ledger, tools, reports, events } = await bench.open()
    await ledger.openRun(newRun({ part: 'first' }))
    await tools.begin(partOf('first', 'tool-1'), 10)
    await ledger.closeRun(RUN, { outcome: 'failed', endedAtMs: 30 })
    expect(await tools.begin(partOf('reset', 'tool-1'), 40)).toEqual({ kind: 'unknown' })
    expect(await reports.run(RUN.id)).not.toHaveProperty('outcome')
    expect((await events.read(RUN.id, 0, 10)).at(-1)).toMatchObject({ kind: 'run-reset' })
    await ledger.closeRun(RUN, { outcome: 'failed', endedAtMs: 50 })
    await expect(tools.begin(partOf('reset', 'tool-2'), 60)).rejects.toThrow('nothing new may be sent')
    await expect(ledger.beginCall(newCall(4, { part: 'reset' }))).rejects.toThrow('nothing new may be sent')
    expect(await tools.begin(partOf('reset once more', 'tool-2'), 70)).toEqual({ kind: 'new' })
    await ledger.closeRun(RUN, { outcome: 'failed', endedAtMs: 80 })
    await expect(tools.begin(partOf('reset once more', 'tool-3'), 90)).rejects.toThrow('nothing new may be sent')
  })

  it('gives no answer to another question at the same place, and knows each by itself', async () => {
    const { ledger, tools, events } = await bench.open()
    await ledger.openRun(newRun())
    const sent: ToolRecordKey = { ...KEY, toolCallId: 'workflow-1', toolName: 'send-invoice', question: 'a1' }
    const refund: ToolRecordKey = { ...sent, toolName: 'refund', question: 'b2' }
    const long = 'paid back '.repeat(200)
    await tools.begin(sent, 10)
    await tools.finish(sent, { isError: false, result: { sent: 1000 }, preview: '1000', atMs: 20 })
    expect(await tools.begin(refund, 30)).toEqual({ kind: 'new' })
    expect(await tools.begin(refund, 40)).toEqual({ kind: 'unknown' })
    await tools.finish(refund, { isError: false, result: long, preview: 'paid', atMs: 50 })
    expect(await tools.begin(sent, 60)).toEqual({ kind: 'finished', isError: false, result: { sent: 1000 } })
    expect(await tools.begin(refund, 60)).toEqual({ kind: 'finished', isError: false, result: long })
    expect(await tools.result(RUN.key, 3, 'workflow-1', 'a1')).toEqual({ sent: 1000 })
    expect(await tools.result(RUN.key, 3, 'workflow-1', 'b2')).toBe(long)
    expect(await tools.latest(RUN.key, 3, 'workflow-1')).toBe(long)
    expect((await events.read(RUN.id, 1, 10)).map(({ kind }) => kind)).toEqual([
      'tool-start',
      'tool-end',
      'tool-start',
      'tool-end',
    ])
  })

  it('finds a record from before there were questions for a retry in the same part, and for nobody else', async () => {
    const { ledger, tools } = await bench.open()
    await ledger.openRun(newRun({ part: 'first' }))
    const old = partOf('first', 'tool-1')
    await tools.begin(old, 10)
    const retry = { ...old, question: 'a1' }
    expect(await tools.begin(retry, 20)).toEqual({ kind: 'unknown', withoutQuestion: true })
    await tools.finish(retry, { isError: false, result: 1, preview: '1', atMs: 30 })
    expect(await tools.begin(retry, 40)).toEqual({ kind: 'finished', isError: false, result: 1 })
    expect(await tools.result(RUN.key, 3, 'tool-1', 'a1')).toBe(1)
    expect(await tools.result(RUN.key, 3, 'tool-1')).toBe(1)
    expect(await tools.begin({ ...retry, toolName: 'refund' }, 50)).toEqual({ kind: 'new' })
    expect(await tools.begin({ ...retry, part: 'reset', question: 'b2' }, 60)).toEqual({ kind: 'new' })
  })

  it('refuses what the part that began a tool call first begins late, also where another has begun it since', async () => {
    const { ledger, tools, reports } = await bench.open()
    await ledger.openRun(newRun())
    await tools.begin(partOf('first', 'tool-1'), 10)
    await tools.begin(partOf('reset', 'tool-1'), 20)
    await ledger.closeRun(RUN, { outcome: 'failed', endedAtMs: 30 })
    for (const part of ['first', 'reset'])
      await expect(tools.begin(partOf(part, 'tool-2'), 40)).rejects.toThrow('nothing new may be sent')
    expect(await reports.run(RUN.id)).toMatchObject({ outcome: 'failed', endedAtMs: 30 })
  })

  it('gives the result of this very call, whatever others came to after it', async () => {
    const { ledger, tools } = await bench.open()
    const keys = [KEY, { ...KEY, step: 4 }, { ...KEY, toolCallId: 'tool-2' }, { ...KEY, run: OTHER }]
    for (const run of [RUN, OTHER]) await ledger.openRun(newRun({ run }))
    for (const [at, key] of keys.entries()) {
      await tools.begin(key, 10)
      await tools.finish(key, { isError: false, result: at, preview: '', atMs: 20 + at })
    }
    const results = keys.map(({ run, step, toolCallId }) => tools.result(run.key, step, toolCallId))
    expect(await Promise.all(results)).toEqual([0, 1, 2, 3])
    for (const [at, { run, step, toolCallId }] of keys.entries())
      expect(await tools.latest(run.key, step, toolCallId)).toBe(at)
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
    for (const callId of [call.callId, `${RUN.key}/9/unknown`])
      await expect(tools.inputOf(callId, 'tool-1')).rejects.toMatchObject({ name: 'LostContent' })
    await ledger.commitAnswer(newCommit(attempt, transcript, { message }))
    expect(await tools.inputOf(call.callId, 'tool-1')).toEqual(input)
    expect(await tools.inputOf(call.callId, 'tool-2')).toBeUndefined()
  })
}
