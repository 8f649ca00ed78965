import { expect, it } from 'vitest'
import type { NewCall } from '../../../src/core/ports.ts'
import type { Bench } from '../describe-store.ts'
import {
  answered,
  asked,
  ENDPOINT,
  exactly,
  faulted,
  newAttempt,
  newCall,
  newCommit,
  newRun,
  RUN,
  said,
} from '../records.ts'

export function callTests(bench: Bench): void {
  it('gives a new call its transcript and no past', async () => {
    const { ledger } = await bench.open()
    await ledger.openRun(newRun())
    const soFar = await ledger.beginCall(newCall(1, { messages: [asked('Hello')] }))
    expect(soFar).toEqual({ transcript: { lineage: RUN.key, length: 1 }, attempts: [] })
  })

  it('begins a call with its first attempt, or nothing of it where the budget is short', async () => {
    const { ledger, events } = await bench.open()
    await ledger.openRun(newRun({ budget: { tokens: 150 } }))
    const call = newCall(1, { messages: [asked('Hello')] })
    expect(await ledger.beginAttempt(newAttempt(call, 1, { worstCase: { tokens: 151 } }))).toMatchObject({
      kind: 'short',
    })
    expect(await ledger.isBegun(call.callId)).toBe(false)
    const attempt = newAttempt(call, 1)
    const reserved = await ledger.beginAttempt(attempt)
    expect(reserved).toEqual({ kind: 'reserved', transcript: { lineage: RUN.key, length: 1 } })
    expect(await ledger.beginAttempt(attempt)).toEqual(reserved)
    expect(await ledger.isBegun(call.callId)).toBe(true)
    expect(await ledger.isBegun(newCall(2).callId)).toBe(false)
    const kinds = (await events.read(RUN.id, 0, 10)).map(event => event.kind)
    expect(kinds).toEqual(['run-start', 'step-start', 'attempt-start'])
    expect(await ledger.beginCall(call)).toMatchObject({ transcript: { length: 1 }, attempts: [{ attempt: 1 }] })
  })

  it('refuses work for a run that is not in this store', async () => {
    const { ledger } = await bench.open()
    for (const work of [() => ledger.beginCall(newCall(1)), () => ledger.assertOpened(RUN)])
      await expect(work()).rejects.toMatchObject({ kind: 'unknown-run', message: expect.stringContaining(RUN.id) })
    await ledger.openRun(newRun())
    await ledger.assertOpened(RUN)
  })

  it('shows an open attempt between nothing and its worst case', async () => {
    const { ledger } = await bench.open()
    await ledger.openRun(newRun())
    const call = newCall(1, { labels: { feature: 'titles' } })
    await ledger.beginCall(call)
    await ledger.beginAttempt(newAttempt(call, 1))
    expect(await ledger.attemptsOf(call.callId)).toEqual([
      {
        attemptId: `${call.callId}#1`,
        attempt: 1,
        callId: call.callId,
        runId: RUN.id,
        step: 1,
        taskClass: 'strong',
        workspace: 'acme',
        labels: { team: 'growth', feature: 'titles' },
        endpoint: ENDPOINT.id,
        provider: 'acme',
        model: 'acme/large',
        planned: ENDPOINT.id,
        reason: 'planned',
        retention: 'none',
        wireRequestId: 'wire-1-1',
        outcome: 'open',
        usage: {},
        cost: { lowPico: '0', highPico: '1000' },
        catalogVersion: 'test-1',
        startedAtMs: 2_002,
      },
    ])
  })

  it('records how an attempt ended, once', async () => {
    const { ledger } = await bench.open()
    await ledger.openRun(newRun())
    const call = newCall(1)
    await ledger.beginCall(call)
    await ledger.beginAttempt(newAttempt(call, 1))
    const end = faulted({ usage: { inputTokens: 30 }, reportedCostPico: '7', requestId: 'req-1', firstTokenMs: 1.5 })
    await ledger.endAttempt(`${call.callId}#1`, end)
    await ledger.endAttempt(`${call.callId}#1`, answered())
    expect(await ledger.attemptsOf(call.callId)).toMatchObject([{ ...end, usage: { inputTokens: 30 } }])
  })

  it('keeps an unknown price unknown', async () => {
    const { ledger, reports } = await bench.open()
    await ledger.openRun(newRun())
    const call = newCall(1)
    await ledger.beginCall(call)
    await ledger.beginAttempt(newAttempt(call, 1, { worstCase: { tokens: 10 } }))
    expect((await ledger.attemptsOf(call.callId))[0]).not.toHaveProperty('cost')
    expect(await reports.cost(RUN.id)).toMatchObject({ unpriced: 1 })
    await ledger.endAttempt(`${call.callId}#1`, answered({ cost: undefined }))
    expect((await ledger.attemptsOf(call.callId))[0]).not.toHaveProperty('cost')
    await ledger.beginAttempt(newAttempt(call, 2, { worstCase: { tokens: 10 } }))
    const unpriced = { lowPico: '0', highPico: '0', unpriced: 1 }
    await ledger.endAttempt(`${call.callId}#2`, answered({ cost: unpriced }))
    expect((await ledger.attemptsOf(call.callId))[1]!.cost).toEqual(unpriced)
    expect(await reports.cost(RUN.id)).toMatchObject({ lowPico: '0', highPico: '0', exactPico: '0', unpriced: 2 })
    await ledger.beginAttempt(newAttempt(call, 3, { worstCase: { tokens: 10 } }))
    await ledger.closeRun(RUN, { outcome: 'failed', endedAtMs: 9_000 })
    expect(await reports.cost(RUN.id)).toMatchObject({ lowPico: '0', highPico: '0', exactPico: '0', unpriced: 3 })
    // Its worker was not lost after all, and can tell the price.
    await ledger.endAttempt(`${call.callId}#3`, answered())
    expect(await reports.cost(RUN.id)).toMatchObject({ ...exactly(420), unpriced: 2 })
  })

  it('marks the attempts of a lost worker abandoned when the call begins again', async () => {
    const { ledger } = await bench.open()
    await ledger.openRun(newRun())
    const call = newCall(1, { messages: [asked('Hello')] })
    await ledger.beginCall(call)
    await ledger.beginAttempt(newAttempt(call, 1))
    await ledger.endAttempt(`${call.callId}#1`, faulted())
    await ledger.beginAttempt(newAttempt(call, 2))
    const soFar = await ledger.beginCall({ ...call, startedAtMs: 7_000 })
    expect(soFar.transcript).toEqual({ lineage: RUN.key, length: 1 })
    expect(soFar.attempts).toMatchObject([
      { attempt: 1, outcome: 'fault' },
      { attempt: 2, outcome: 'abandoned', cost: { lowPico: '0', highPico: '1000' }, endedAtMs: 7_000 },
    ])
    expect(await ledger.beginCall({ ...call, startedAtMs: 8_000 })).toEqual(soFar)
  })

  it('keeps an attempt in a batch open, settles it when another part of the run comes, and takes its answer then', async () => {
    const { ledger, reports } = await bench.open()
    await ledger.openRun(newRun())
    const call = newCall(1, { part: 'part-1' })
    await ledger.beginCall(call)
    await ledger.beginAttempt(newAttempt(call, 1))
    const id = `${call.callId}#1`
    expect(await ledger.noteBatch(id, 'batch_1')).toBe('open')
    const waiting = { outcome: 'open', batch: 'batch_1' }
    expect(await ledger.beginCall({ ...call, startedAtMs: 7_000 })).toMatchObject({ attempts: [waiting] })
    expect(await ledger.openBatches(RUN)).toEqual([{ endpoint: ENDPOINT.id, batch: 'batch_1' }])
    expect(await ledger.openBatches(RUN, 2)).toEqual([])

    const anew = await ledger.beginCall({ ...call, part: 'part-2', startedAtMs: 8_000 })
    expect(anew).toMatchObject({ attempts: [{ outcome: 'abandoned', batch: 'batch_1' }] })
    // Its call waits for it still.
    expect(await ledger.openBatches(RUN)).toEqual([{ endpoint: ENDPOINT.id, batch: 'batch_1' }])
    expect(await ledger.noteBatch(id, 'batch_1')).toBe('settled')
    await ledger.endAttempt(id, answered())
    expect(await ledger.openBatches(RUN)).toEqual([])
    expect(await ledger.attemptsOf(call.callId)).toMatchObject([{ outcome: 'answered', batch: 'batch_1' }])
    expect(await reports.cost(RUN.id)).toMatchObject(exactly(420))
  })

  it('says of a batch that is noted late whether anybody can still wait for it', async () => {
    const { ledger } = await bench.open()
    await ledger.openRun(newRun())
    const calls = [newCall(1, { part: 'part-1' }), newCall(2, { part: 'part-1' })]
    for (const call of calls) {
      await ledger.beginCall(call)
      await ledger.beginAttempt(newAttempt(call, 1))
      await ledger.beginCall({ ...call, startedAtMs: 7_000 })
    }
    const noted = () => Promise.all(calls.map(({ callId }) => ledger.noteBatch(`${callId}#1`, `batch of ${callId}`)))
    expect(await noted()).toEqual(['settled', 'settled'])
    await ledger.endCalls({ run: RUN, step: 2, endedAtMs: 8_000 })
    expect(await noted()).toEqual(['settled', 'over'])
    await ledger.closeRun(RUN, { outcome: 'failed', endedAtMs: 9_000 })
    expect(await noted()).toEqual(['over', 'over'])
  })

  it('has nothing in a batch of a call that was given up', async () => {
    const { ledger } = await bench.open()
    await ledger.openRun(newRun())
    const call = newCall(1)
    await ledger.beginCall(call)
    await ledger.beginAttempt(newAttempt(call, 1))
    await ledger.noteBatch(`${call.callId}#1`, 'batch_1')
    await ledger.endCalls({ run: RUN, step: 1, endedAtMs: 7_000 })
    expect(await ledger.attemptsOf(call.callId)).toMatchObject([{ outcome: 'abandoned', batch: 'batch_1' }])
    expect(await ledger.openBatches(RUN)).toEqual([])
  })

  it('leaves the attempts of a call alone when a worker that was believed lost writes down that the call waits', async () => {
    const { ledger } = await bench.open()
    await ledger.openRun(newRun())
    const call = newCall(1, { messages: [asked('Hello')] })
    const { transcript } = await ledger.beginCall({ ...call, startedAtMs: 7_000 })
    await ledger.beginAttempt(newAttempt(call, 1))
    expect(await ledger.noteCall(call)).toEqual(transcript)
    expect(await ledger.attemptsOf(call.callId)).toMatchObject([{ outcome: 'open' }])
    const other = newCall(2, { transcript, messages: [asked('And then?')] })
    expect(await ledger.noteCall(other)).toEqual({ ...transcript, length: 2 })
    expect(await ledger.isBegun(other.callId)).toBe(true)
  })

  it('says since when it is asked, and of a run that was reset since that', async () => {
    const { ledger } = await bench.open()
    await ledger.openRun(newRun())
    const at = (part: string, startedAtMs: number) => ledger.beginCall(newCall(1, { part, startedAtMs }))
    expect(await at('part-1', 3_000)).not.toHaveProperty('startedAtMs')
    expect(await at('part-1', 4_000)).toMatchObject({ startedAtMs: 3_000 })
    expect(await at('part-2', 9_000)).toMatchObject({ startedAtMs: 9_000 })
    expect(await at('part-2', 9_500)).toMatchObject({ startedAtMs: 9_000 })
  })

  it('corrects an abandoned attempt whose worker was not lost after all', async () => {
    const { ledger, reports } = await bench.open()
    await ledger.openRun(newRun({ budget: { usd: '0.000000001', tokens: 1_000 } }))
    const call = newCall(1)
    await ledger.beginCall(call)
    await ledger.beginAttempt(newAttempt(call, 1))
    await ledger.beginCall(call)
    const held = await ledger.beginAttempt(newAttempt(call, 2))
    expect(held).toMatchObject({ kind: 'short', headroomPico: '0', headroomTokens: 900, inFlight: false })
    await ledger.endAttempt(
      `${call.callId}#1`,
      faulted({ cost: exactly(300), usage: { inputTokens: 30, outputTokens: 12 } }),
    )
    expect(await reports.cost(RUN.id)).toMatchObject(exactly(300))
    expect(await ledger.beginAttempt(newAttempt(call, 2))).toMatchObject({
      kind: 'short',
      headroomPico: '700',
      headroomTokens: 958,
      inFlight: false,
    })
  })

  it('says what was paid and is not used: of lost workers, faults, cancellations and ways that a reset has left', async () => {
    const { ledger, reports } = await bench.open()
    await ledger.openRun(newRun())
    const ask = async (step: number, part: string, changes: Partial<NewCall> = {}) => {
      const call = newCall(step, { part, startedAtMs: 3_000 + step, ...changes })
      const { transcript } = await ledger.beginCall(call)
      return { call, transcript, attempt: newAttempt(call, 1) }
    }
    const answer = async ({ attempt, transcript }: Awaited<ReturnType<typeof ask>>) => {
      await ledger.beginAttempt(attempt)
      await ledger.commitAnswer(newCommit(attempt, transcript))
    }
    for (const step of [1, 2, 3]) await answer(await ask(step, 'part-1'))
    // Reset to before step 2: it comes upon step 2 again, and asks something else in step 3.
    await ask(2, 'part-2', { startedAtMs: 4_000 })
    const other = await ask(3, 'part-2', { callId: `${RUN.key}/3/0th3r`, startedAtMs: 4_001 })
    for (const at of [1, 2, 3, 4]) await ledger.beginAttempt(newAttempt(other.call, at))
    await ledger.endAttempt(`${other.call.callId}#1`, faulted())
    await ledger.endAttempt(`${other.call.callId}#2`, faulted({ outcome: 'cancelled', cost: exactly(9) }))
    const fault = { kind: 'cancelled', message: 'its worker was shut down', evidence: {} } as const
    await ledger.endAttempt(`${other.call.callId}#4`, faulted({ outcome: 'abandoned', fault, cost: exactly(7) }))
    await ledger.beginCall(other.call)
    const attempts = await reports.attempts({ run: RUN.id })
    expect(attempts.map(({ step, attempt, waste }) => [step, attempt, waste])).toEqual([
      [1, 1, undefined],
      [2, 1, undefined],
      [3, 1, 'reset'],
      [3, 1, undefined],
      [3, 2, 'cancelled'],
      [3, 3, 'worker-lost'],
      [3, 4, 'handed-over'],
    ])
    expect((await reports.cost(RUN.id))?.waste).toMatchObject({ reset: exactly(420), cancelled: exactly(9) })
  })

  it('holds back a worker whose call another one has taken over', async () => {
    const { ledger } = await bench.open()
    await ledger.openRun(newRun())
    const call = newCall(1)
    await ledger.beginCall(call)
    const attempt = newAttempt(call, 1)
    await ledger.beginAttempt(attempt)
    expect(await ledger.beginAttempt(attempt)).toMatchObject({ kind: 'reserved' })
    await expect(ledger.beginAttempt({ ...attempt, wireRequestId: 'another' })).rejects.toThrow('taken over its call')
    await ledger.commitAnswer(newCommit(attempt, call.transcript))
    await expect(ledger.beginAttempt(newAttempt(call, 2))).rejects.toThrow('taken over its call')
  })

  it('gives the journal an answer once, and pays whoever came second', async () => {
    const { ledger, reports, transcripts, events } = await bench.open()
    await ledger.openRun(newRun())
    const call = newCall(1, { messages: [asked('Hello')] })
    const { transcript } = await ledger.beginCall(call)
    const [one, two] = [newAttempt(call, 1), newAttempt(call, 2)]
    await ledger.beginAttempt(one)
    await ledger.beginAttempt(two)
    const [first, second] = [newCommit(one, transcript), newCommit(two, transcript, { message: said('Another') })]
    const answer = { ...first.answer, transcript: { lineage: RUN.key, length: 2 } }
    expect(await ledger.commitAnswer(first)).toEqual(answer)
    expect(await ledger.commitAnswer(second)).toEqual(answer)
    expect(await ledger.commitAnswer(first)).toEqual(answer)
    expect(await ledger.beginCall(call)).toMatchObject({ answered: { answer }, attempts: [{}, {}] })
    expect(await transcripts.read(answer.transcript)).toEqual([asked('Hello'), said('Dear reader')])
    const waste = { 'second-answer': { ...exactly(420), attempts: 1 } }
    expect(await reports.cost(RUN.id)).toMatchObject({ ...exactly(840), attempts: 2, waste })
    const ends = (await events.read(RUN.id, 0, 100)).filter(event => event.kind === 'attempt-end')
    expect(ends.map(end => [end.attempt, end.superseded])).toEqual([
      [1, false],
      [2, true],
    ])
  })

  it('lets one of many parallel commits win', async () => {
    const place = await bench.newPlace()
    const stores = [await bench.open(place), await bench.open(place)]
    await stores[0]!.ledger.openRun(newRun())
    const call = newCall(1)
    await stores[0]!.ledger.beginCall(call)
    const attempts = Array.from({ length: 8 }, (_, index) => newAttempt(call, index + 1))
    for (const attempt of attempts) await stores[0]!.ledger.beginAttempt(attempt)
    const commits = await Promise.all(
      attempts.map((attempt, index) =>
        stores[index % 2]!.ledger.commitAnswer(
          newCommit(attempt, call.transcript, { message: said(`answer ${attempt.attempt}`) }),
        ),
      ),
    )
    expect(new Set(commits.map(commit => JSON.stringify(commit))).size).toBe(1)
    expect(await stores[1]!.transcripts.read(commits[0]!.transcript)).toHaveLength(1)
  })

  it('settles what is open when the run closes', async () => {
    const { ledger, reports } = await bench.open()
    await ledger.openRun(newRun())
    const call = newCall(1)
    await ledger.beginCall(call)
    await ledger.beginAttempt(newAttempt(call, 1))
    await ledger.closeRun(RUN, { outcome: 'cancelled', message: 'by hand', endedAtMs: 9_500 })
    await ledger.closeRun(RUN, { outcome: 'answered', endedAtMs: 9_999 })
    expect(await reports.run(RUN.id)).toMatchObject({ outcome: 'cancelled', message: 'by hand', endedAtMs: 9_500 })
    expect(await ledger.attemptsOf(call.callId)).toMatchObject([
      { outcome: 'abandoned', cost: { lowPico: '0', highPico: '1000' }, endedAtMs: 9_500 },
    ])
  })

  it('lets a run that was reset after its end go on and end again', async () => {
    const { ledger, reports } = await bench.open()
    await ledger.openRun(newRun())
    await ledger.closeRun(RUN, { outcome: 'failed', endedAtMs: 9_500 })
    await ledger.beginCall(newCall(1))
    expect(await reports.run(RUN.id)).not.toHaveProperty('outcome')
    await ledger.closeRun(RUN, { outcome: 'answered', endedAtMs: 9_900 })
    expect(await reports.run(RUN.id)).toMatchObject({ outcome: 'answered', endedAtMs: 9_900 })
  })

  it('refuses what a worker that was believed lost begins in a run that has ended, and lets a part go on that is new', async () => {
    const { ledger, reports, events } = await bench.open()
    await ledger.openRun(newRun({ part: 'first' }))
    const call = newCall(1, { part: 'first' })
    await ledger.beginCall(call)
    await ledger.openRun(newRun({ part: 'second' }))
    await ledger.closeRun(RUN, { outcome: 'failed', message: 'the run was terminated', endedAtMs: 9_500 })
    for (const part of ['first', 'second']) {
      const late = newCall(2, { part })
      await expect(ledger.beginAttempt(newAttempt(late, 1))).rejects.toThrow(`The run ${RUN.id} has ended`)
      await expect(ledger.beginCall(late)).rejects.toThrow('nothing new may be sent')
      await expect(ledger.noteCall(late)).rejects.toThrow('nothing new may be sent')
      await expect(ledger.beginAttempt(newAttempt({ ...call, part }, 1))).rejects.toThrow('nothing new may be sent')
    }
    await ledger.openRun(newRun({ part: 'second' }))
    expect(await reports.run(RUN.id)).toMatchObject({ outcome: 'failed', calls: 1, attempts: 0 })
    expect(await ledger.beginAttempt(newAttempt(newCall(2, { part: 'reset' }), 1))).toMatchObject({ kind: 'reserved' })
    expect(await reports.run(RUN.id)).not.toHaveProperty('outcome')
    expect((await events.read(RUN.id, 0, 20)).filter(({ kind }) => kind === 'run-reset')).toHaveLength(1)
    await ledger.closeRun(RUN, { outcome: 'answered', part: 'reset', endedAtMs: 9_700 })
    await expect(ledger.beginCall(newCall(3, { part: 'reset' }))).rejects.toThrow('nothing new may be sent')
    await ledger.openRun(newRun({ part: 'reset to the beginning' }))
    expect(await reports.run(RUN.id)).not.toHaveProperty('outcome')
  })

  it('keeps an answer that came after the end of its run, and does not let a reset of it buy that again', async () => {
    const { ledger, reports } = await bench.open()
    await ledger.openRun(newRun({ part: 'first' }))
    const call = newCall(1, { part: 'first' })
    const { transcript } = await ledger.beginCall(call)
    const attempt = newAttempt(call, 1)
    await ledger.beginAttempt(attempt)
    await ledger.closeRun(RUN, { outcome: 'failed', endedAtMs: 9_500 })
    await ledger.commitAnswer(newCommit(attempt, transcript))
    const again = await ledger.beginCall({ ...call, part: 'reset', startedAtMs: 9_600 })
    expect(again).toMatchObject({ answered: { answer: { text: 'Dear reader' } } })
    expect(await reports.run(RUN.id)).not.toHaveProperty('outcome')
  })

  it('gives a part that is there again after its end what its call was answered, and nothing that is new', async () => {
    const { ledger, reports, events } = await bench.open()
    await ledger.openRun(newRun({ part: 'first' }))
    const call = newCall(1, { messages: [asked('Who?')], part: 'first' })
    const { transcript } = await ledger.beginCall(call)
    const attempt = newAttempt(call, 1)
    await ledger.beginAttempt(attempt)
    await ledger.commitAnswer(newCommit(attempt, transcript))
    await ledger.closeRun(RUN, { outcome: 'answered', part: 'first', endedAtMs: 9_500 })
    const before = await events.read(RUN.id, 0, 20)
    expect(await ledger.beginCall(call)).toMatchObject({ transcript, answered: { answer: { text: 'Dear reader' } } })
    await expect(ledger.beginCall(newCall(2, { part: 'first' }))).rejects.toMatchObject({ name: 'AlreadyEnded' })
    expect(await events.read(RUN.id, 0, 20)).toEqual(before)
    expect(await reports.run(RUN.id)).toMatchObject({ outcome: 'answered', endedAtMs: 9_500, attempts: 1 })
  })

  it('takes any character that a name, a word or a message may have', async () => {
    const { ledger, tools, reports } = await bench.open()
    await ledger.openRun(newRun())
    const odd = 'a\u0000b\ud800c'
    await tools.begin({ run: RUN, step: 1, toolCallId: odd, toolName: odd }, 5_000)
    const decision = { step: 1, toolCallId: 'tool-1', toolName: 'publish', decision: 'approve', by: odd } as const
    await ledger.keepDecision({ run: RUN, ...decision, note: odd, atMs: 5_000 })
    await ledger.closeRun(RUN, { outcome: 'failed', message: odd, endedAtMs: 9_500 })
    expect(await reports.run(RUN.id)).toMatchObject({ outcome: 'failed', message: expect.stringMatching(/^a.b/s) })
  })

  it('counts what a run that has begun anew has asked, also by a worker whose clock is behind', async () => {
    const { ledger } = await bench.open()
    await ledger.openRun(newRun({ part: 'first', begins: true }))
    await ledger.openRun(newRun({ part: 'anew', begins: true, startedAtMs: 10_000 }))
    const attempt = newAttempt(newCall(1, { part: 'anew', startedAtMs: 9_400 }), 1)
    const { transcript } = await ledger.beginCall(attempt.call)
    await ledger.beginAttempt(attempt)
    await ledger.commitAnswer(newCommit(attempt, transcript))
    const lost = { outcome: 'failed', endedAtMs: 11_000 } as const
    expect(await ledger.closeLost(RUN, lost)).toMatchObject({ calls: 1, cost: exactly(420) })
  })

  it('is not ended by a part that was reset while it ended the run', async () => {
    const { ledger, reports } = await bench.open()
    await ledger.openRun(newRun({ part: 'first' }))
    await ledger.beginCall(newCall(1, { part: 'first' }))
    const attempt = newAttempt(newCall(2, { part: 'reset' }), 1)
    await ledger.beginAttempt(attempt)
    expect(await ledger.closeRun(RUN, { outcome: 'failed', part: 'first', endedAtMs: 9_500 })).toBe(false)
    expect(await reports.run(RUN.id)).not.toHaveProperty('outcome')
    expect(await ledger.attemptsOf(attempt.call.callId)).toMatchObject([{ outcome: 'open' }])
    expect(await ledger.beginAttempt(newAttempt(newCall(3, { part: 'reset' }), 1))).toMatchObject({ kind: 'reserved' })
    await ledger.closeRun(RUN, { outcome: 'answered', part: 'reset once more', endedAtMs: 9_700 })
    for (const part of ['first', 'reset']) await ledger.closeRun(RUN, { outcome: 'failed', part, endedAtMs: 9_900 })
    expect(await reports.run(RUN.id)).toMatchObject({ outcome: 'answered', endedAtMs: 9_700 })
  })

  it('knows a part again that had only opened it: its first call comes late, and does not take the run from a reset', async () => {
    const { ledger, budgets, reports } = await bench.open()
    for (const part of ['first', 'reset', 'reset once more']) await ledger.openRun(newRun({ part, begins: true }))
    await ledger.beginCall(newCall(1, { part: 'reset once more' }))
    for (const part of ['first', 'reset']) await ledger.beginCall(newCall(2, { part }))
    expect(await budgets.openRuns('', 1)).toMatchObject([{ latestPart: 'reset once more' }])
    await ledger.closeRun(RUN, { outcome: 'answered', part: 'reset once more', endedAtMs: 9_500 })
    for (const part of ['first', 'reset']) {
      await expect(ledger.beginCall(newCall(3, { part }))).rejects.toThrow('nothing new may be sent')
      await ledger.openRun(newRun({ part, begins: true }))
    }
    expect(await reports.run(RUN.id)).toMatchObject({ outcome: 'answered', endedAtMs: 9_500 })
  })

  it('is not closed for an end that was found out while another part came to it', async () => {
    const { ledger, budgets, reports } = await bench.open()
    await ledger.openRun(newRun({ part: 'first' }))
    const [seen] = await budgets.openRuns('', 1)
    expect(seen).toEqual({ id: RUN.id, key: RUN.key, latestPart: 'first' })
    const attempt = newAttempt(newCall(1, { part: 'reset' }), 1)
    await ledger.beginAttempt(attempt)
    const end = { outcome: 'failed', message: 'the run was terminated', endedAtMs: 9_500 } as const
    // The second began and was terminated before it came to the store; of the third the server no longer knows.
    for (const part of [{ part: 'first' }, { part: 'unknown here' }, {}])
      expect(await ledger.closeRun(RUN, { ...end, ...part, seen: seen! })).toBe(false)
    expect(await reports.run(RUN.id)).not.toHaveProperty('outcome')
    expect(await ledger.attemptsOf(attempt.call.callId)).toMatchObject([{ outcome: 'open' }])
    expect(await ledger.beginAttempt(newAttempt(newCall(2, { part: 'reset' }), 1))).toMatchObject({ kind: 'reserved' })
    const [later] = await budgets.holdingRuns()
    expect(await ledger.closeRun(RUN, { ...end, part: 'reset', seen: later! })).toBe(true)
    expect(await reports.run(RUN.id)).toMatchObject({ outcome: 'failed', message: 'the run was terminated' })
  })

  it('takes an end that was found out of a part that never came, and then nothing of that part', async () => {
    const { ledger, reports } = await bench.open()
    await ledger.openRun(newRun({ part: 'first' }))
    const seen = { latestPart: 'first' }
    expect(await ledger.closeRun(RUN, { outcome: 'failed', part: 'second', seen, endedAtMs: 9_500 })).toBe(true)
    for (const part of ['first', 'second'])
      await expect(ledger.beginCall(newCall(1, { part }))).rejects.toThrow('nothing new may be sent')
    await ledger.beginCall(newCall(1, { part: 'reset' }))
    expect(await reports.run(RUN.id)).not.toHaveProperty('outcome')
  })

  it.each([{}, { part: 'first' }])('keeps the end that it has where another one is found out: %o', async told => {
    const { ledger, reports, events } = await bench.open()
    await ledger.openRun(newRun({ part: 'first' }))
    await ledger.closeRun(RUN, { outcome: 'cancelled', message: 'by hand', endedAtMs: 9_500, ...told })
    const found = { outcome: 'failed', part: 'second', seen: { latestPart: 'first' }, endedAtMs: 9_900 } as const
    expect(await ledger.closeRun(RUN, found)).toBe(false)
    expect(await reports.run(RUN.id)).toMatchObject({ outcome: 'cancelled', message: 'by hand', endedAtMs: 9_500 })
    expect((await events.read(RUN.id, 0, 20)).map(({ kind }) => kind)).not.toContain('run-reset')
  })

  it('lists the runs whose end is not written, a page after another', async () => {
    const { ledger, budgets } = await bench.open()
    for (const key of ['c', 'a', 'b', 'd']) await ledger.openRun(newRun({ run: { ...RUN, id: `run ${key}`, key } }))
    await ledger.closeRun({ id: 'run b', key: 'b' }, { outcome: 'answered', endedAtMs: 9_500 })
    expect(await budgets.openRuns('', 2)).toEqual([
      { id: 'run a', key: 'a' },
      { id: 'run c', key: 'c' },
    ])
    expect(await budgets.openRuns('c', 2)).toEqual([{ id: 'run d', key: 'd' }])
  })

  it('tells in which namespace a run is open', async () => {
    const { ledger, budgets } = await bench.open()
    await ledger.openRun(newRun({ namespaceId: 'of this server' }))
    expect(await budgets.openRuns('', 2)).toEqual([{ id: RUN.id, key: RUN.key, namespaceId: 'of this server' }])
  })

  it('records a decision with its event once, and another one of a reset run beside it', async () => {
    const { ledger, reports, events } = await bench.open()
    await ledger.openRun(newRun())
    const decision = { step: 2, toolCallId: 'tool-1', toolName: 'publish', decision: 'approve', by: 'Ada' } as const
    await ledger.keepDecision({ run: RUN, ...decision, atMs: 5_000 })
    await ledger.keepDecision({ run: RUN, ...decision, atMs: 5_000 })
    expect(await reports.decisions(RUN.id)).toEqual([{ ...decision, atMs: 5_000 }])
    const [, told, ...rest] = await events.read(RUN.id, 0, 10)
    expect([told, rest]).toMatchObject([{ kind: 'approval-decision', ...decision, atMs: 5_000 }, []])
    const late = { ...decision, decision: 'deny', by: undefined, deadline: true } as const
    await ledger.keepDecision({ run: RUN, ...late, atMs: 7_000 })
    expect(await reports.decisions(RUN.id)).toMatchObject([{ by: 'Ada' }, { decision: 'deny', deadline: true }])
  })

  it('keeps all of a change or nothing', async () => {
    const place = await bench.newPlace()
    const { ledger, events } = await bench.open(place)
    await ledger.openRun(newRun())
    const call = newCall(1, { messages: [asked('Hello')] })
    await place.execute('alter table run_events rename to elsewhere')
    await expect(ledger.beginCall(call)).rejects.toThrow('run_events')
    await place.execute('alter table elsewhere rename to run_events')
    expect(await ledger.beginCall({ ...call, messages: [asked('Anew')] })).toEqual({
      transcript: { lineage: RUN.key, length: 1 },
      attempts: [],
    })
    expect(await events.read(RUN.id, 0, 10)).toMatchObject([{ kind: 'run-start' }, { kind: 'step-start', offset: 2 }])
  })

  it('takes the end of a run that was never opened', async () => {
    const { ledger, reports } = await bench.open()
    await ledger.closeRun(RUN, { outcome: 'refused', endedAtMs: 1 })
    expect(await reports.runs()).toEqual([])
  })
}
