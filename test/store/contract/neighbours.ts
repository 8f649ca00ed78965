import { expect, it } from 'vitest'
import type { NewAttempt, NewCall } from '../../../src/core/ports.ts'
import type { RunRef, TranscriptRef } from '../../../src/core/protocol.ts'
import type { Store } from '../../../src/store/index.ts'
import type { Bench } from '../describe-store.ts'
import { answered, asked, newAttempt, newCall, newCommit, newRun, RUN, said, worst } from '../records.ts'

/** Long enough to lie beside what has it. */
const LONG = 'a long finding '.repeat(100)

/** Its id begins as the other's does, and trees are found by beginnings. */
const NEIGHBOUR: RunRef = { ...RUN, id: `${RUN.id}0`, key: 'other-run-1' }

const BUDGET = { usd: '0.000000002', tokens: 1_000 }

export function neighbourTests(bench: Bench): void {
  it('leaves a run as it was, whatever is written of another one and however that one ends', async () => {
    const store = await bench.open()
    const told = await tellAll(store, NEIGHBOUR)
    const before = await seen(store, told)
    const { attempt, transcript } = await tellAll(store, RUN)
    await store.ledger.raiseBudget({ run: RUN, raiseId: 'r-2', usd: '1', tokens: 7, note: 'once more', atMs: 8_000 })
    await store.ledger.noteBatch(attempt.attemptId, 'batch_1')
    await store.ledger.endAttempt(attempt.attemptId, answered())
    await store.tools.finish(atWork(RUN), { isError: false, result: 1, preview: '1', atMs: 8_200 })
    const again = newAttempt(newCall(3), 1, { ...worst(100, 10) })
    await store.ledger.beginAttempt(again)
    await store.ledger.commitAnswer(newCommit(again, transcript, { message: said(LONG) }))
    await store.ledger.openRun(newRun({ budget: BUDGET, part: 'anew', begins: true, startedAtMs: 8_500 }))
    const child = { ...RUN, id: `${RUN.id}/clerk-1-1`, key: `${RUN.key}/clerk-1-1`, scope: RUN.key }
    await store.ledger.openRun(newRun({ run: child }))
    for (const run of [RUN, child])
      await store.ledger.closeLost(run, { outcome: 'failed', message: 'it was terminated', endedAtMs: 9_500 })
    expect(await store.transcripts.read(transcript)).toHaveLength(2)
    expect(await store.content.openIn(child.id)).toBeUndefined()
    expect(await store.content.purge(child.id, 10_000)).toMatchObject({ run: RUN.id, runs: 2 })
    await expect(store.transcripts.read(transcript)).rejects.toMatchObject({ name: 'LostContent' })
    expect(await seen(store, told)).toEqual(before)
    for (const [at, text] of told.texts.entries()) expect(await store.texts.take(NEIGHBOUR, text)).toBe(LONG + at)
    // What is left of its budget is what it was: nobody has raised it, and its own open attempt still holds its part.
    const rest = newAttempt(newCall(9, { run: NEIGHBOUR }), 1, worst(10_000, 5_000))
    expect(await store.ledger.beginAttempt(rest)).toEqual({
      kind: 'short',
      scopeId: NEIGHBOUR.key,
      headroomPico: (2_001_000 - 700 - 420).toString(),
      headroomTokens: 1_005 - 70 - 42,
      inFlight: true,
    })
  })

  it('adds a raise to the budget that the run has, and none beside it', async () => {
    const { ledger, reports } = await bench.open()
    await ledger.openRun(newRun({ run: RUN, budget: { usd: '1' } }))
    await ledger.openRun(newRun({ run: NEIGHBOUR, budget: { usd: '5', steps: 9 } }))
    for (const run of [RUN, NEIGHBOUR])
      await ledger.raiseBudget({ run, raiseId: `r of ${run.id}`, usd: '2', atMs: 3_000 })
    expect(await reports.run(RUN.id)).toMatchObject({ budget: { usd: '3' } })
    expect((await reports.run(NEIGHBOUR.id))?.budget).toEqual({ usd: '7', steps: 9 })
  })

  it('opens a run that was reset again, and none beside it', async () => {
    const { ledger, content, reports } = await bench.open()
    const ended: RunRef = { ...RUN, id: 'ended', key: 'ended-run-1' }
    for (const run of [RUN, ended, NEIGHBOUR]) await ledger.openRun(newRun({ run, part: 'first', begins: true }))
    for (const run of [RUN, ended]) await ledger.closeRun(run, { outcome: 'answered', endedAtMs: 2_000, part: 'first' })
    expect(await content.purgeEndedBefore(3_000, 4_000)).toHaveLength(2)
    await ledger.beginCall(newCall(1, { part: 'second' }))
    expect(await reports.run(RUN.id)).not.toHaveProperty('outcome')
    expect(await reports.run(ended.id)).toMatchObject({ outcome: 'answered' })
    expect(await content.purgeEndedBefore(3_000, 5_000)).toEqual([])
    expect(await ledger.closeRun(NEIGHBOUR, { outcome: 'answered', endedAtMs: 6_000, part: 'first' })).toBe(true)
  })

  it('purges the trees of which all runs have a label, or one workspace, and leaves and tells the others that have such a run', async () => {
    const store = await bench.open()
    const customer = { key: 'customer', value: '17' }
    const labelled = { customer: '17', team: 'press' }
    const run = (id: string, labels: RunRef['labels'], more: Partial<RunRef> = {}) =>
      ({ ...RUN, id, key: `key-of-${id}`, labels, ...more }) satisfies RunRef
    const below = (above: RunRef, labels: RunRef['labels']) =>
      run(`${above.id}/clerk-1-1`, labels, { key: `${above.key}/clerk-1-1`, scope: above.key })
    const [alone, whole, going, desk, other] = [
      run('alone', labelled),
      run('whole', labelled),
      run('going', labelled),
      run('desk', { team: 'press' }),
      run('other', { customer: '1' }, { workspace: 'bakery' }),
    ]
    const ended = [alone, whole, below(whole, labelled), going, desk, below(desk, labelled), other]
    const open = below(going, labelled)
    for (const one of [...ended, open]) await store.ledger.openRun(newRun({ run: one }))
    for (const one of ended) await store.ledger.closeRun(one, { outcome: 'answered', endedAtMs: 5_000 })
    const left = [
      { run: 'desk', key: desk.key, runs: 2, matching: 1 },
      { run: 'going', key: going.key, runs: 2, matching: 2, open: open.id },
    ]
    const first = await store.content.purgeWhere({ label: customer }, 9_000)
    expect(first.purged.map(({ run: id, runs }) => [id, runs])).toEqual([
      ['alone', 1],
      ['whole', 2],
    ])
    expect(first.left).toEqual(left)
    expect(await store.content.purgeWhere({ label: customer }, 9_500)).toEqual({ purged: [], left })
    expect(await store.content.purgeWhere({ label: customer, workspace: 'bakery' }, 9_500)).toEqual({
      purged: [],
      left: [],
    })
    expect((await store.content.purgeWhere({ workspace: 'bakery' }, 9_500)).purged).toMatchObject([{ run: 'other' }])
  })

  it('lets runs below read what a client wrote for one above, before it has read that itself and behind it', async () => {
    const store = await bench.open()
    const [child, grandchild] = ['clerk-1-1', 'clerk-1-1/scribe-1-1'].map(name => ({
      ...RUN,
      id: `${RUN.id}/${name}`,
      key: `${RUN.key}/${name}`,
      scope: RUN.key,
    }))
    for (const run of [RUN, child!, grandchild!, NEIGHBOUR]) await store.ledger.openRun(newRun({ run }))
    const digest = await store.texts.keep({ workflowId: RUN.id }, LONG, 500)
    for (const run of [grandchild!, RUN, child!]) expect(await store.texts.take(run, digest)).toBe(LONG)
    await expect(store.texts.take(NEIGHBOUR, digest)).rejects.toMatchObject({ name: 'LostContent' })
  })
}

interface Told {
  readonly run: RunRef
  readonly answered: NewCall
  /** Open still. */
  readonly attempt: NewAttempt
  readonly transcript: TranscriptRef
  readonly texts: readonly string[]
}

const atWork = (run: RunRef) => ({ run, step: 2, toolCallId: 'tool-2', toolName: 'search', part: 'first' })

/** One of each that a store keeps of a run. */
async function tellAll({ events, ledger, tools, texts }: Store, run: RunRef): Promise<Told> {
  const kept = await Promise.all([0, 1].map(at => texts.keep({ workflowId: run.id }, LONG + at, 500)))
  await ledger.openRun(newRun({ run, budget: { ...BUDGET, usd: '0.000002' }, part: 'first', begins: true }))
  const first = newAttempt(newCall(1, { run, part: 'first', messages: [asked(LONG)] }), 1, worst(700, 70))
  const { transcript } = await ledger.beginCall(first.call)
  await ledger.beginAttempt(first)
  const commit = newCommit(first, transcript, { message: said(LONG) })
  const answer = await ledger.commitAnswer(commit)
  const tool = { run, step: 1, toolCallId: 'tool-1', toolName: 'search', part: 'first' }
  await tools.begin(tool, 3_000)
  await tools.finish(tool, { isError: false, result: LONG, preview: 'a long', atMs: 3_500 })
  const { raiseId, by, note, atMs } = { raiseId: `${run.key}/r`, by: 'Ada', note: 'a word', atMs: 4_000 }
  await ledger.raiseBudget({ run, raiseId, usd: '0.000000001', tokens: 5, by, note, atMs })
  const decision = { run, step: 1, toolCallId: 'tool-1', toolName: 'search', decision: 'approve', by, note } as const
  await ledger.keepDecision({ ...decision, atMs })
  const attempt = newAttempt(newCall(2, { run, part: 'first' }), 1, worst(700, 70))
  await ledger.beginAttempt(attempt)
  await events.write(run, [{ kind: 'text-delta', step: 3, attempt: 1, text: 'a word' }], 4_500)
  await tools.begin(atWork(run), 5_000)
  await tools.progress(atWork(run), 'half of it', 5_500)
  return { run, answered: first.call, attempt, transcript: answer.transcript, texts: kept }
}

/** All that anybody can see of it. */
async function seen({ reports, events, transcripts, tools, ledger, budgets }: Store, told: Told) {
  const { run, transcript } = told
  const all = (await reports.runs()).filter(({ id }) => id === run.id)
  return {
    all,
    run: await reports.run(run.id),
    limits: await reports.limits(run.id),
    cost: await reports.cost(run.id),
    calls: await reports.calls({ run: run.id }),
    attempts: await reports.attempts({ run: run.id }),
    steps: await reports.steps(run.id),
    decisions: await reports.decisions(run.id),
    raises: await reports.raises(run.id),
    spent: await ledger.spentBy(run),
    batches: await ledger.openBatches(run),
    holding: (await budgets.holdingRuns()).filter(({ id }) => id === run.id),
    messages: await transcripts.read(transcript),
    result: await tools.result(run.key, 1, 'tool-1'),
    journal: await ledger.beginCall(told.answered),
    events: await events.read(run.id, 0, 100),
  }
}
