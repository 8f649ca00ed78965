import { expect, it } from 'vitest'
import type { NewRun } from '../../../src/core/ports.ts'
import { OUTCOME_KINDS } from '../../../src/core/protocol.ts'
import type { Store } from '../../../src/store/index.ts'
import type { Bench } from '../describe-store.ts'
import { answer, newAttempt, newCall, newRun, RUN, worst } from '../records.ts'

const EVERY = { name: 'crm', on: OUTCOME_KINDS, queue: 'here signalbox' }
const CRM = { name: 'crm', queue: 'here signalbox' }
const ANSWERED = { outcome: 'answered', endedAtMs: 9_000 } as const
/** Of the store's clock, which is a server's: what is due then is due now. */
const LATER_MS = 60_000

export function noticeTests(bench: Bench): void {
  it('has the end of a run to tell, with its cost and without its content, for one worker at a time', async () => {
    const place = await bench.newPlace()
    const workers = await Promise.all([bench.open(place), bench.open(place), bench.open(place)])
    const [store] = workers as [Store, ...Store[]]
    await store.ledger.openRun(told([EVERY, { ...EVERY, name: 'ops', on: ['failed'] }]))
    await answer(store.ledger, newCall(1))
    expect(await store.notices.claim(CRM, LATER_MS, 10)).toEqual([])
    await store.ledger.closeRun(RUN, { ...ANSWERED, message: 'canary' })
    await store.ledger.closeRun(RUN, ANSWERED)
    const claimed = await Promise.all(workers.map(({ notices }) => notices.claim(CRM, LATER_MS, 10)))
    const [due, ...more] = claimed.flat()
    expect(more).toEqual([])
    expect(due).toMatchObject({ runKey: RUN.key, runId: RUN.id, name: 'crm' })
    const { body } = due!
    expect(JSON.parse(body)).toMatchObject({
      ...{ kind: 'run-end', notice: 'crm', run: RUN.id, workflow: 'agent', workspace: 'acme', labels: RUN.labels },
      ...{ outcome: 'answered', costUsd: '0.00000000042', exact: true },
    })
    expect(body).not.toMatch(/canary|Dear reader/)
    expect(await store.notices.claim({ ...CRM, name: 'ops' }, LATER_MS, 10)).toEqual([])
  })

  it('gives a notice again after a pause that grows, as to a worker that was lost, until it was taken', async () => {
    const { notices, reports } = await ended(bench)
    const [first] = await notices.claim(CRM, LATER_MS, 10)
    expect(first!.nextTryAtMs).toBeGreaterThanOrEqual(LATER_MS + 10_000)
    expect(await notices.claim(CRM, LATER_MS + 5_000, 10)).toEqual([])
    const [second] = await notices.claim(CRM, LATER_MS + 20_000, 10)
    expect(second).toMatchObject({ body: first!.body, endedAtMs: first!.endedAtMs })
    const { nextTryAtMs } = second!
    await notices.tried(second!, { triedAtMs: 80_000, problem: 'it answered 503', nextTryAtMs })
    const due = { name: 'crm', state: 'due', tries: 2, problem: 'it answered 503', nextTryAtMs, taskQueue: 'signalbox' }
    expect(await reports.notices(RUN.id)).toMatchObject([due])
    expect(await notices.claim(CRM, LATER_MS + 35_000, 10)).toEqual([])
    const [third] = await notices.claim(CRM, LATER_MS + 50_000, 10)
    await notices.tried(third!, { triedAtMs: 110_000 })
    // Of a worker that was believed lost.
    await notices.tried(second!, { triedAtMs: 120_000, problem: 'it answered 503', nextTryAtMs })
    const [report] = await reports.notices(RUN.id)
    expect(report).toMatchObject({ state: 'told', tries: 3 })
    expect(report).not.toHaveProperty('problem')
    expect(await notices.claim(CRM, LATER_MS * 1_000, 10)).toEqual([])
  })

  it('is given up, and says why', async () => {
    const { notices, reports } = await ended(bench)
    const [due] = await notices.claim(CRM, LATER_MS, 10)
    await notices.tried(due!, { triedAtMs: LATER_MS, problem: 'it answered 410' })
    expect(await reports.notices(RUN.id)).toMatchObject([{ state: 'given-up', tries: 1, problem: 'it answered 410' }])
    expect(await notices.claim(CRM, LATER_MS * 1_000, 10)).toEqual([])
  })

  it('tells of an end that was found out, and again when a run that was reset ends again', async () => {
    const { ledger, notices } = await bench.open()
    await ledger.openRun(told([EVERY], { part: 'part-1' }))
    await ledger.beginAttempt(newAttempt(newCall(1, { part: 'part-1' }), 1, worst(700)))
    const seen = (await ledger.seen(RUN))!
    await ledger.closeRun(RUN, { outcome: 'failed', message: 'terminated', seen, endedAtMs: 9_000 })
    await ledger.beginCall(newCall(1, { part: 'part-2' }))
    await ledger.closeRun(RUN, { ...ANSWERED, endedAtMs: 9_500, part: 'part-2' })
    const due = await notices.claim(CRM, LATER_MS, 10)
    const ends = due.map(({ body }) => JSON.parse(body)).map(({ outcome, costUsd }) => [outcome, costUsd])
    expect(ends).toEqual([
      ['failed', '0.0000000007'],
      ['answered', '0.0000000007'],
    ])
  })

  it('gives an end to workers of the queue on which the run was begun, and to any if nobody has said which', async () => {
    const { ledger, notices } = await bench.open()
    const { queue: _, ...unsaid } = EVERY
    for (const [id, wanted] of [
      ['ours', EVERY],
      ['theirs', { ...EVERY, queue: 'there signalbox' }],
      ['older', unsaid],
    ] as const) {
      const run = { ...RUN, id, key: `key-${id}` }
      await ledger.openRun(told([wanted], { run }))
      await ledger.closeRun(run, ANSWERED)
    }
    const idsFor = async (queue: string) => {
      const due = await notices.claim({ name: 'crm', queue }, LATER_MS, 10)
      return due.map(({ runId }) => runId).toSorted()
    }
    expect(await idsFor('here signalbox')).toEqual(['older', 'ours'])
    expect(await idsFor('there signalbox')).toEqual(['theirs'])
  })

  it('has nothing to tell of a run that was begun where nobody wanted to know', async () => {
    const { ledger, notices, reports } = await bench.open()
    await ledger.openRun(newRun())
    await ledger.openRun(told([EVERY], { part: 'later' }))
    await ledger.closeRun(RUN, ANSWERED)
    expect(await notices.claim(CRM, LATER_MS, 10)).toEqual([])
    expect(await reports.notices(RUN.id)).toEqual([])
  })
}

async function ended(bench: Bench): Promise<Store> {
  const store = await bench.open()
  await store.ledger.openRun(told([EVERY]))
  await store.ledger.closeRun(RUN, ANSWERED)
  return store
}

function told(notices: NonNullable<NewRun['notices']>, more: Partial<NewRun> = {}): NewRun {
  return newRun({ notices, ...more })
}
