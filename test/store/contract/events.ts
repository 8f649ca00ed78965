import { expect, it } from 'vitest'
import type { RunEventBody } from '../../../src/core/events.ts'
import type { EventPort, EventSpan } from '../../../src/core/ports.ts'
import type { Bench } from '../describe-store.ts'
import { answered, faulted, newAttempt, newCall, newCommit, newRun, RUN } from '../records.ts'

export function eventTests(bench: Bench): void {
  it('tells a call from its start to its answer', async () => {
    const { ledger, events } = await bench.open()
    await ledger.openRun(newRun())
    const call = newCall(1)
    const { transcript } = await ledger.beginCall(call)
    await ledger.beginAttempt(newAttempt(call, 1))
    await ledger.endAttempt(`${call.callId}#1`, faulted())
    const attempt = newAttempt(call, 2)
    await ledger.beginAttempt(attempt)
    const commit = newCommit(attempt, transcript)
    const toolCalls = [
      { toolCallId: 'tool-1', toolName: 'publish', inputPreview: '{"to":"web"}', needsApproval: true },
      { toolCallId: 'tool-2', toolName: 'read', inputPreview: '{}', needsApproval: false },
    ]
    await ledger.commitAnswer({ ...commit, answer: { ...commit.answer, toolCalls } })
    await ledger.closeRun(RUN, { outcome: 'answered', endedAtMs: 9_900 })
    const told = await events.read(RUN.id, 0, 100)
    expect(told.map(event => event.offset)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(told).toMatchObject([
      { kind: 'run-start', workflow: 'agent', atMs: 1_000 },
      { kind: 'step-start', step: 1, taskClass: 'strong' },
      { kind: 'attempt-start', attempt: 1, endpoint: 'acme:acme/large' },
      { kind: 'attempt-end', attempt: 1, outcome: 'fault', fault: 'rate-limited', superseded: true },
      { kind: 'attempt-start', attempt: 2, reason: expect.any(String) },
      { kind: 'attempt-end', attempt: 2, outcome: 'answered', superseded: false },
      { kind: 'answer', step: 1, attempt: 2, text: 'Dear reader', toolCalls: ['publish', 'read'] },
      { kind: 'approval-ask', toolCallId: 'tool-1', toolName: 'publish', inputPreview: '{"to":"web"}' },
      { kind: 'run-end', outcome: 'answered', atMs: 9_900 },
    ])
  })

  it('writes an event that is tried again under its id once, and the same words under another id again', async () => {
    const { ledger, events } = await bench.open()
    const other = { ...RUN, id: 'other', key: 'other' }
    await ledger.openRun(newRun())
    await ledger.openRun(newRun({ run: other }))
    const ask = { kind: 'budget-ask', step: 1, message: 'nothing is left' } as const
    await Promise.all([1, 2, 3].map(atMs => events.writeOnce(RUN, { id: 'part/7' }, ask, atMs)))
    await events.writeOnce(RUN, { id: 'part/9' }, ask, 3_000)
    await events.writeOnce(other, { id: 'part/7' }, ask, 4_000)
    const asks = (await events.read(RUN.id, 1, 10)).map(({ kind, offset }) => [kind, offset])
    expect(asks).toEqual([
      ['budget-ask', 2],
      ['budget-ask', 3],
    ])
    expect(await events.read(other.id, 1, 10)).toMatchObject([{ ...ask, atMs: 4_000 }])
  })

  it('tells the open runs above a run what people are asked there, and what they say', async () => {
    const { ledger, events } = await bench.open()
    const below = ['/a-1-1', '/a-1-1/b-1-1', '/a-1-1/b-1-1/with/slash-1-1'].map(name => ({
      ...{ ...RUN, id: `${RUN.id}${name}`, key: `${RUN.key}${name}`, scope: RUN.key },
    }))
    for (const run of [RUN, ...below]) await ledger.openRun(newRun({ run }))
    const asking = below[2]!
    const call = newCall(1, { run: asking })
    const { transcript } = await ledger.beginCall(call)
    const attempt = newAttempt(call, 1)
    await ledger.beginAttempt(attempt)
    const commit = newCommit(attempt, transcript)
    const ask = { toolCallId: 'tool-1', toolName: 'publish', inputPreview: '{}' }
    const deadline = { withinMs: 5_000, otherwise: 'deny' } as const
    const toolCalls = [{ ...ask, needsApproval: true, deadline }]
    const asked = { ...commit, answer: { ...commit.answer, toolCalls } }
    for (const _ of [1, 2]) await ledger.commitAnswer(asked)
    const short = { kind: 'budget-ask', step: 1, message: 'nothing is left' } as const
    for (const _ of [1, 2]) await events.writeOnce(asking, { id: 'part/7' }, short, 3_000)
    await ledger.closeRun(below[0]!, { outcome: 'answered', endedAtMs: 9_000 })
    const decided = { step: 1, toolCallId: 'tool-1', toolName: 'publish', decision: 'approve', by: 'Ada' } as const
    for (const _ of [1, 2]) await ledger.keepDecision({ run: asking, ...decided, atMs: 9_100 })
    const raise = { run: asking, raiseId: 'raise', usd: '1', by: 'Ada', atMs: 9_200 }
    for (const _ of [1, 2]) await ledger.raiseBudget(raise)
    const told = [
      { kind: 'approval-ask', step: 1, ...ask, deadline },
      short,
      { kind: 'approval-decision', ...decided },
      { kind: 'budget-raise', usd: '1', by: 'Ada' },
    ]
    const from = (kept: readonly object[]) => kept.map(event => ({ kind: 'below', run: asking.id, event }))
    const heard = async (run: string) =>
      (await events.read(run, 1, 100)).filter(({ kind }) => kind === 'below' || kind === 'run-end')
    expect(await heard(RUN.id)).toMatchObject(from(told))
    expect(await heard(below[1]!.id)).toMatchObject(from(told))
    expect(await heard(below[0]!.id)).toMatchObject([...from(told.slice(0, 2)), { kind: 'run-end' }])
    expect(await heard(asking.id)).toEqual([])
  })

  it('tells the run right above one that it has begun and how it has ended, once, and again of one that begins anew', async () => {
    const { ledger, events } = await bench.open()
    const labels = { ...RUN.labels, seat: '7' }
    const child = { ...RUN, id: `${RUN.id}/a-1-1`, key: `${RUN.key}/a-1-1`, scope: RUN.key, labels }
    const below = { ...child, id: `${child.id}/b/1-1`, key: `${child.key}/b/1-1` }
    await ledger.openRun(newRun())
    const begin = { run: child, workflow: 'a', part: 'first', begins: true } as const
    for (const part of ['first', 'first', 'later']) await ledger.openRun(newRun({ ...begin, part }))
    await ledger.openRun(newRun({ run: below, workflow: 'b/1' }))
    const call = newCall(1, { run: below })
    await ledger.beginCall(call)
    await ledger.beginAttempt(newAttempt(call, 1))
    for (const _ of [1, 2]) await ledger.closeRun(below, { outcome: 'failed', message: 'lost', endedAtMs: 3_000 })
    const cost = { lowPico: '7', highPico: '9' }
    for (const _ of [1, 2]) await ledger.closeRun(child, { outcome: 'answered', cost, part: 'later', endedAtMs: 4_000 })
    const [begun, ended] = [
      { kind: 'child-start', run: child.id, workflow: 'a', labels: { seat: '7' }, atMs: 1_000 },
      { kind: 'child-end', run: child.id, outcome: 'answered', cost, costUsd: '0.000000000009', atMs: 4_000 },
    ]
    expect(await events.read(RUN.id, 1, 100)).toMatchObject([begun, begun, ended])
    // What was asked of a vendor that never answered is settled first; `b` has no labels of its own.
    const lost = { outcome: 'failed', message: 'lost', cost: { lowPico: '0', highPico: '1000' } }
    const told = (await events.read(child.id, 1, 100)).map(({ offset: _, ...event }) => event)
    expect(told).toMatchObject([
      { kind: 'child-start', run: below.id, workflow: 'b/1' },
      { kind: 'child-end', run: below.id, ...lost },
      { kind: 'run-end' },
    ])
    expect(told[0]).not.toHaveProperty('labels')
  })

  it('gives the events of many runs at once, of each the first of its span', async () => {
    const { ledger, events } = await bench.open()
    const others = Array.from({ length: 600 }, (_, number) => ({ ...RUN, id: `run-${number}`, key: `key-${number}` }))
    for (const run of [RUN, ...others]) await ledger.openRun(newRun({ run }))
    const call = newCall(1)
    const { transcript } = await ledger.beginCall(call)
    const attempt = newAttempt(call, 1)
    await ledger.beginAttempt(attempt)
    await events.write(RUN, [delta(1, 'Dear'), delta(1, ' reader')], 3_000)
    await ledger.commitAnswer(newCommit(attempt, transcript))
    const span = { key: RUN.key, after: 1, until: 7 }
    const of = async (limit: number, ...spans: EventSpan[]) =>
      (await events.readSpans(spans, limit)).map(({ key, event: { offset, kind } }) => [key, offset, kind])
    const own = (await events.read(RUN.id, 1, 4)).map(({ offset, kind }) => [RUN.key, offset, kind])
    expect(own.map(([, offset]) => offset)).toEqual([2, 3, 6, 7])
    expect(await of(10, span)).toEqual(own)
    expect(await of(3, span)).toEqual(own.slice(0, 3))
    expect(await of(2, { ...span, after: 3, until: 6 })).toEqual(own.slice(2, 3))
    const rest = others.map(({ key }) => ({ key, after: 0, until: 5 }))
    const all = await of(3, ...rest, span, { key: 'nobody', after: 0, until: 9 })
    expect(all).toHaveLength(603)
    expect(all.filter(([key]) => key === RUN.key)).toEqual(own.slice(0, 3))
    expect(await of(3)).toEqual([])
  })

  it('gives of many runs the last events of some kinds, without what is transient', async () => {
    const { ledger, events } = await bench.open()
    const other = { ...RUN, id: 'run-2', key: 'key-2' }
    for (const run of [RUN, other]) await ledger.openRun(newRun({ run }))
    const wait = (step: number) => ({ kind: 'wait', step, ms: 1, reason: 'one is down' }) as const
    const end = { kind: 'tool-end', step: 2, toolCallId: 'a', toolName: 'note', isError: false, preview: '' } as const
    await events.write(RUN, [wait(1), wait(2), delta(2, 'Dear'), wait(3)], 3_000)
    await events.write(other, [end, wait(4)], 4_000)
    const last = async (count: number, ...keys: string[]) =>
      (await events.readLast(keys, count, ['run-start', 'wait', 'text-delta'])).map(({ key, event }) => [
        key,
        event.kind,
        'step' in event ? event.step : 0,
      ])
    const [own, others] = [(step: number) => [RUN.key, 'wait', step], [other.key, 'wait', 4]]
    expect((await last(3, RUN.key, other.key, 'nobody')).toSorted()).toEqual(
      [others, [other.key, 'run-start', 0], own(2), own(3)].toSorted(),
    )
    expect(await last(100, RUN.key)).toEqual([[RUN.key, 'run-start', 0], own(1), own(2), own(3)])
    expect(await last(100)).toEqual([])
  })

  it('knows the runs of a tree, or below one of it, and how far the events of each go', async () => {
    const { ledger, events, reports } = await bench.open()
    const below = ['/a-1-1', '/a-1-1/b-1-1', '/a-1-1/b-1-1/with/slash-1-1', '/a-1-10'].map(name => ({
      ...{ ...RUN, id: `${RUN.id}${name}`, key: `${RUN.key}${name}`, scope: RUN.key },
    }))
    const neighbour = { ...RUN, id: `${RUN.id}/a-1-1/c`, key: 'of-another-tree' }
    for (const [at, run] of [RUN, ...below, neighbour].entries())
      await ledger.openRun(newRun({ run, startedAtMs: 1_000 + at }))
    await ledger.closeRun(below[2]!, { outcome: 'answered', endedAtMs: 2_000 })
    const [a, b, slashed, other] = below.map(({ id, key }, at) => ({ id, key, hasEnded: at === 2 }))
    const tree = [
      { id: RUN.id, key: RUN.key, lastOffset: 3, hasEnded: false },
      { ...a!, parent: RUN.id, lastOffset: 2 },
      { ...b!, parent: a!.id, lastOffset: 3 },
      { ...slashed!, parent: b!.id, lastOffset: 2 },
      { ...other!, parent: RUN.id, lastOffset: 1 },
    ]
    expect(await reports.tree(RUN.id)).toEqual(tree)
    expect((await events.read(RUN.key, 0, 9)).at(-1)).toMatchObject({ offset: 3, kind: 'child-start', run: other!.id })
    expect(await reports.tree(a!.key)).toEqual([{ ...a!, lastOffset: 2 }, ...tree.slice(2, 4)])
    expect(await reports.tree('nobody')).toEqual([])
  })

  it('tells a run that has ended nothing of its children', async () => {
    const { ledger, events } = await bench.open()
    const child = { ...RUN, id: `${RUN.id}/a-1-1`, key: `${RUN.key}/a-1-1`, scope: RUN.key }
    await ledger.openRun(newRun())
    await ledger.openRun(newRun({ run: child, workflow: 'a' }))
    await ledger.closeRun(RUN, { outcome: 'failed', endedAtMs: 3_000 })
    await ledger.closeLost(child, { outcome: 'cancelled', endedAtMs: 4_000 })
    expect(await kindsOf(events)).toEqual(['child-start', 'run-end'])
  })

  it('writes nothing of a worker that was believed lost behind the end, and what a reset run writes first', async () => {
    const { ledger, events, reports } = await bench.open()
    await ledger.openRun(newRun({ part: 'first' }))
    await ledger.beginCall(newCall(1, { part: 'first' }))
    await ledger.closeRun(RUN, { outcome: 'failed', endedAtMs: 9_000 })
    const ask = { kind: 'budget-ask', step: 1, message: 'nothing is left' } as const
    const late = { id: 'first/7', part: 'first' }
    await events.writeOnce(RUN, late, ask, 9_100)
    await events.write(RUN, [{ kind: 'wait', step: 1, ms: 5, reason: 'acme answered 429' }, delta(1, 'late')], 9_100)
    expect(await kindsOf(events)).toEqual(['step-start', 'run-end'])
    expect(await reports.run(RUN.id)).toMatchObject({ outcome: 'failed', endedAtMs: 9_000 })
    for (const atMs of [9_200, 9_300]) await events.writeOnce(RUN, { id: 'reset/7', part: 'reset' }, ask, atMs)
    await events.write(RUN, [{ kind: 'wait', step: 1, ms: 5, reason: 'acme answered 429' }], 9_400)
    expect(await kindsOf(events)).toEqual(['step-start', 'run-end', 'run-reset', 'budget-ask', 'wait'])
  })

  it('takes the part for the latest that asks people before it begins a call: no end of an earlier one ends it', async () => {
    const { ledger, budgets, events, reports } = await bench.open()
    await ledger.openRun(newRun({ part: 'first' }))
    const [seen] = await budgets.openRuns('', 1)
    await events.writeOnce(
      RUN,
      { id: 'reset/7', part: 'reset' },
      { kind: 'budget-ask', step: 1, message: 'short' },
      9_200,
    )
    for (const found of [{}, { seen: seen! }])
      expect(await ledger.closeRun(RUN, { outcome: 'failed', part: 'first', endedAtMs: 9_500, ...found })).toBe(false)
    expect(await reports.run(RUN.id)).not.toHaveProperty('outcome')
  })

  it('drops the pieces of an answer once it is whole, and keeps their places', async () => {
    const { ledger, events } = await bench.open()
    await ledger.openRun(newRun())
    const call = newCall(1)
    const { transcript } = await ledger.beginCall(call)
    const attempt = newAttempt(call, 1)
    await ledger.beginAttempt(attempt)
    await events.write(RUN, [delta(1, 'Dear'), delta(2, 'other step'), delta(1, ' reader')], 3_000)
    expect(await events.read(RUN.id, 3, 2)).toMatchObject([
      { kind: 'text-delta', text: 'Dear', offset: 4, atMs: 3_000 },
      { kind: 'text-delta', text: 'other step', offset: 5 },
    ])
    await ledger.commitAnswer(newCommit(attempt, transcript))
    const left = await events.read(RUN.id, 3, 100)
    expect(left.map(event => [event.offset, event.kind])).toEqual([
      [5, 'text-delta'],
      [7, 'attempt-end'],
      [8, 'answer'],
    ])
    expect(left.slice(1)).toMatchObject([{ costUsd: '0.00000000042' }, { costUsd: '0.00000000042' }])
    await ledger.closeRun(RUN, { outcome: 'answered', endedAtMs: 9_900 })
    expect((await events.read(RUN.id, 8, 100)).map(event => event.kind)).toEqual(['run-end'])
    expect((await events.read(RUN.id, 4, 1)).map(event => event.offset)).toEqual([7])
  })

  it('keeps the pieces of an answer that was interrupted when the run ends, and no others', async () => {
    const { ledger, tools, events } = await bench.open()
    await ledger.openRun(newRun())
    for (const [step, outcome] of [
      [1, 'cancelled'],
      [2, 'fault'],
    ] as const) {
      const attempt = newAttempt(newCall(step), 1)
      await ledger.beginCall(attempt.call)
      await ledger.beginAttempt(attempt)
      const tool = { run: RUN, step, toolCallId: 'tool-1', toolName: 'search' }
      await tools.begin(tool, 2_500)
      await tools.progress(tool, 'one page', 2_600)
      await events.write(RUN, [delta(step, 'Dear')], 3_000)
      await ledger.endAttempt(attempt.attemptId, { ...answered(), outcome })
    }
    await ledger.closeRun(RUN, { outcome: 'stopped', endedAtMs: 9_900 })
    const transient = (await events.read(RUN.id, 0, 100)).filter(({ kind }) => /delta|progress/.test(kind))
    expect(transient).toMatchObject([{ kind: 'text-delta', step: 1, text: 'Dear' }])
  })

  it('announces once that an attempt was lost', async () => {
    const { ledger, events } = await bench.open()
    await ledger.openRun(newRun())
    const call = newCall(1)
    await ledger.beginCall(call)
    await ledger.beginAttempt(newAttempt(call, 1))
    await ledger.beginCall(call)
    await ledger.beginCall(call)
    await ledger.endAttempt(`${call.callId}#1`, faulted())
    const ends = (await events.read(RUN.id, 0, 100)).filter(event => event.kind === 'attempt-end')
    expect(ends).toMatchObject([{ outcome: 'abandoned', superseded: true }])
  })

  it('has discarded what an attempt has said that answered, and whose answer is not the one that is used', async () => {
    const { ledger, events } = await bench.open()
    await ledger.openRun(newRun())
    const outrun = newAttempt(newCall(1), 1)
    await ledger.beginAttempt(outrun)
    await ledger.endAttempt(outrun.attemptId, answered())
    const ends = (await events.read(RUN.id, 0, 100)).filter(event => event.kind === 'attempt-end')
    expect(ends).toMatchObject([{ outcome: 'answered', superseded: true }])
  })

  it('repeats nothing when a worker repeats itself', async () => {
    const { ledger, events } = await bench.open()
    const call = newCall(1)
    const attempt = newAttempt(call, 1)
    const repeat = async () => {
      await ledger.openRun(newRun())
      const { transcript } = await ledger.beginCall(call)
      await ledger.beginAttempt(attempt)
      await ledger.commitAnswer(newCommit(attempt, transcript))
      await ledger.closeRun(RUN, { outcome: 'answered', endedAtMs: 9_900 })
    }
    await repeat()
    const told = await events.read(RUN.id, 0, 100)
    await ledger.openRun(newRun())
    await ledger.commitAnswer(newCommit(attempt, call.transcript))
    await ledger.closeRun(RUN, { outcome: 'answered', endedAtMs: 9_900 })
    expect(await events.read(RUN.id, 0, 100)).toEqual(told)
  })

  it('gives every writer offsets of its own', async () => {
    const place = await bench.newPlace()
    const stores = [await bench.open(place), await bench.open(place)]
    await stores[0]!.ledger.openRun(newRun())
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        stores[index % 2]!.events.write(RUN, [delta(index, 'a'), delta(index, 'b')], 3_000),
      ),
    )
    const told = await stores[1]!.events.read(RUN.id, 1, 100)
    expect(told.map(event => event.offset)).toEqual(Array.from({ length: 40 }, (_, index) => index + 2))
    for (let at = 0; at < told.length; at += 2) expect(told[at]).toMatchObject({ step: stepOf(told[at + 1]) })
  })

  it('means the latest run of an id, or the one run of a key', async () => {
    const { ledger, events } = await bench.open()
    const later = { ...RUN, key: 'a-later-first-run' }
    await ledger.openRun(newRun())
    await ledger.openRun(newRun({ run: later, workflow: 'writingDesk', startedAtMs: 2_000 }))
    expect(await events.read(RUN.id, 0, 10)).toMatchObject([{ kind: 'run-start', workflow: 'writingDesk' }])
    expect(await events.read(RUN.key, 0, 10)).toMatchObject([{ kind: 'run-start', workflow: 'agent' }])
    expect(await events.read('nobody', 0, 10)).toEqual([])
  })
}

function delta(step: number, text: string): RunEventBody {
  return { kind: 'text-delta', step, attempt: 1, text }
}

function stepOf(event: RunEventBody | undefined): number | undefined {
  return event && 'step' in event ? event.step : undefined
}

async function kindsOf(events: EventPort): Promise<readonly string[]> {
  return (await events.read(RUN.id, 1, 100)).map(({ kind }) => kind)
}
