import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import type { RunRef, TranscriptRef } from '../../../src/core/protocol.ts'
import { sealedRoot } from '../../../src/core/sealing.ts'
import { newMasterKey, parseMasterKeys, type Store } from '../../../src/store/index.ts'
import type { Bench } from '../describe-store.ts'
import { asked, copyingRuns, newAttempt, newCall, newCommit, newRun, RUN, said } from '../records.ts'

const CANARY = 'canary-7f3a91c2'

/** Of a run that is sealed, content and all. */
const WISH = { content: true, workspace: 'acme' }

const SEALED: RunRef = { ...RUN, id: 'secret-1', key: 'first-secret-1', sealed: true }

export function sealTests(bench: Bench): void {
  it('keeps nothing of a sealed run in the clear, and gives all of it back', async () => {
    const { place, store } = await sealing(bench)
    await tellAll(store, SEALED)
    expect(await place.contents()).not.toContain(CANARY)
    expect(await place.contents()).not.toContain(
      createHash('sha256')
        .update(JSON.stringify(asked(CANARY)))
        .digest('hex'),
    )
    await expectAll(store, SEALED)
  })

  it('keeps nothing in the clear of what is long in the messages of a sealed run, and gives it back', async () => {
    const { place, store } = await sealing(bench)
    await store.ledger.openRun(newRun({ run: SEALED }))
    const long = asked(CANARY.repeat(1_000))
    const { transcript } = await store.ledger.beginCall(newCall(1, { run: SEALED, messages: [long] }))
    expect(await place.contents()).not.toContain(CANARY)
    expect(await store.transcripts.read(transcript, undefined, SEALED)).toEqual([long])
  })

  it('seals a policy with content rules, whose patterns may be the secret, and does without it when the key is gone', async () => {
    const { place, store } = await sealing(bench)
    const policy = { zdr: true, content: [{ name: 'project', pattern: CANARY }] }
    await store.ledger.openRun(newRun({ run: { ...SEALED, policy } }))
    expect(await place.contents()).not.toContain(CANARY)
    expect((await store.reports.run(SEALED.id))?.policy).toEqual(policy)
    await store.ledger.beginCall(newCall(1, { run: { ...SEALED, policy } }))
    const recorded = async () => (await store.reports.recorded({ sinceMs: 0, limit: 10 }))[0]
    expect(await recorded()).toMatchObject({ runPolicy: policy })
    await store.content.purge(SEALED.id, 9_000)
    expect(await store.reports.run(SEALED.id)).not.toHaveProperty('policy')
    expect(await recorded()).toMatchObject({ policyLost: true })
  })

  it('writes a repeated message of a sealed run once, and another one into a new lineage', async () => {
    const { store } = await sealing(bench)
    await store.ledger.openRun(newRun({ run: SEALED }))
    const call = newCall(1, { run: SEALED, messages: [asked(CANARY)] })
    const first = await store.ledger.beginCall(call)
    expect(await store.ledger.beginCall(call)).toMatchObject({ transcript: first.transcript })
    const other = await store.ledger.beginCall({ ...call, callId: 'another', messages: [asked('else')] })
    expect(other.transcript.lineage).not.toBe(first.transcript.lineage)
  })

  it('gives a run without a key nothing that is sealed, over whatever forks or summaries it is named, nor what was read with the key', async () => {
    const { store } = await sealing(bench)
    await tellAll(store, SEALED)
    const sealed = { lineage: SEALED.key, length: 2 }
    const { ledger, transcripts } = store
    expect(await transcripts.read(sealed, undefined, SEALED)).toHaveLength(2)
    const summedUp = {
      since: 1,
      by: 'compaction',
      clearedBefore: 0,
      compacted: { head: 0, until: 1, summary: sealed },
    } as const
    for (const view of [undefined, summedUp])
      await expect(transcripts.read(sealed, view, RUN)).rejects.toThrow('was started without a key')
    for (const [key, from] of Object.entries({ fork: SEALED.key, 'fork-of-fork': 'fork/1' })) {
      const run = { ...RUN, id: key, key }
      const forkedFrom = { run: 'above', step: 1, transcript: { lineage: from, length: 2 } }
      await ledger.openRun(newRun({ run, forkedFrom }))
      expect(await ledger.isSealed({ lineage: `${key}/1` })).toBe(true)
      const inherited = { lineage: `${key}/1`, length: 2 }
      await expect(transcripts.read(inherited, undefined, run)).rejects.toThrow('was started without a key')
    }
    const own = { ...RUN, id: 'own', key: 'own' }
    await ledger.openRun(newRun({ run: own }))
    const call = newCall(1, { run: own, callId: 'own/1', messages: ['Hello', 'And?', 'So?'].map(asked) })
    const { transcript } = await ledger.beginCall(call)
    const compacted = { head: 1, until: 2, summary: sealed }
    const view = { since: 1, by: 'compaction', clearedBefore: 0, compacted } as const
    await expect(transcripts.read(transcript, view, own)).rejects.toThrow('not its own')
    expect(await transcripts.read(transcript, undefined, own)).toHaveLength(3)
  })

  it('says that the key was destroyed, and keeps the money', async () => {
    const { store } = await sealing(bench)
    await tellAll(store, SEALED)
    const cost = await store.reports.cost(SEALED.id)
    expect(await store.content.purge(SEALED.id, 9_000)).toEqual({ run: SEALED.id, how: 'destroyed-key', runs: 1 })
    const destroyed = {
      name: 'SealProblem',
      kind: 'destroyed',
      message: expect.stringMatching(/secret-1 was destroyed/),
    }
    await expect(store.events.read(SEALED.id, 0, 100)).rejects.toMatchObject(destroyed)
    const span = { key: SEALED.key, after: 0, until: 100 }
    await expect(store.events.readSpans([span], 100)).rejects.toMatchObject(destroyed)
    expect(await store.events.readLast([SEALED.key], 100, ['answer'])).toEqual([])
    await expect(store.transcripts.read({ lineage: SEALED.key, length: 1 })).rejects.toMatchObject(destroyed)
    await expect(store.tools.result(SEALED.key, 1, 'tool-1')).rejects.toMatchObject(destroyed)
    expect(await store.reports.cost(SEALED.id)).toEqual(cost)
    expect(await store.reports.runs()).toMatchObject([{ id: SEALED.id, outcome: 'failed' }])
    expect(await store.reports.decisions(SEALED.id)).not.toMatchObject([{ note: CANARY }])
    expect(await store.reports.raises(SEALED.id)).toEqual([{ tokens: 5, atMs: 3_600 }])
    expect(await store.seals.keys()).toMatchObject([{ rootId: SEALED.id, destroyedAtMs: 9_000 }])
    expect(await store.content.purge('nobody', 9_000)).toBeUndefined()
  })

  it('gives each process the same key, and a run whose key was destroyed a new one', async () => {
    const place = await bench.newPlace()
    const settings = withKeys(newMasterKey())
    const stores = await Promise.all([bench.open(place, settings), bench.open(place, settings)])
    const made = await Promise.all(stores.map(({ seals }) => seals.ensure(SEALED.id, WISH)))
    expect(made.toSorted()).toEqual([false, true])
    const [one, two] = await Promise.all(stores.map(({ seals }) => seals.of(SEALED.id)))
    expect(two!.sealer.open(one!.sealer.seal(CANARY))).toBe(CANARY)
    await stores[0]!.ledger.openRun(newRun({ run: SEALED }))
    await stores[0]!.content.purge(SEALED.id, 9_000)
    await expect(stores[0]!.seals.of(SEALED.id)).rejects.toMatchObject({ kind: 'destroyed' })
    expect(await stores[0]!.seals.ensure(SEALED.id, WISH)).toBe(true)
    expect((await stores[0]!.seals.of(SEALED.id))!.sealer.keyId).not.toBe(one!.sealer.keyId)
  })

  it('takes back a key that no run was started with', async () => {
    const store = await bench.open(undefined, withKeys(newMasterKey()))
    for (const id of [SEALED.id, 'secret-2']) await store.seals.ensure(id, WISH)
    await store.seals.discard(SEALED.id)
    expect(await store.seals.of(SEALED.id)).toBeUndefined()
    expect(await store.seals.of('secret-2')).toBeDefined()
    expect(await store.seals.keys()).toMatchObject([{ rootId: 'secret-2' }])
  })

  it('refuses a sealed run without the right master key, and goes on with any other', async () => {
    const { place, store: right } = await sealing(bench)
    await right.ledger.openRun(newRun({ run: SEALED }))
    const without = await bench.open(place)
    const wrong = await bench.open(place, withKeys(newMasterKey()))
    const call = newCall(1, { run: SEALED, messages: [asked('hello')] })
    await expect(without.ledger.beginCall(call)).rejects.toMatchObject({
      kind: 'no-master-key',
      message: expect.stringContaining('SIGNALBOX_MASTER_KEY'),
    })
    await expect(wrong.ledger.beginCall(call)).rejects.toMatchObject({ kind: 'wrong-master-key' })
    expect(await wrong.seals.check()).toMatchObject({ open: 0, shut: [{ rootId: SEALED.id }] })
    for (const store of [without, wrong]) {
      await store.ledger.openRun(newRun())
      expect(await store.ledger.beginCall(newCall(1, { messages: [asked('hello')] }))).toMatchObject({ attempts: [] })
    }
  })

  it('ends a sealed run that was found to have ended without its master key, in an event that says nothing else', async () => {
    const { place, store: right } = await sealing(bench)
    await right.ledger.openRun(newRun({ run: SEALED }))
    const wrong = await bench.open(place, withKeys(newMasterKey()))
    const end = { outcome: 'failed', message: 'the run was terminated', endedAtMs: 5_000 } as const
    await expect(wrong.ledger.closeRun(SEALED, end)).rejects.toMatchObject({ kind: 'wrong-master-key' })
    expect(await wrong.ledger.closeRun(SEALED, { ...end, seen: {} })).toBe(true)
    expect(await wrong.reports.run(SEALED.id)).toMatchObject({ outcome: 'failed', endedAtMs: 5_000 })
    const events = await right.events.read(SEALED.key, 0, 100)
    expect(events.at(-1)).toMatchObject({ kind: 'run-end', outcome: 'failed' })
    expect(await wrong.content.purge(SEALED.id, 9_000)).toMatchObject({ how: 'destroyed-key' })
  })

  it('wraps all keys anew by the first master key, after which the old one can go', async () => {
    const place = await bench.newPlace()
    const [old, young] = [newMasterKey(), newMasterKey()]
    const before = await bench.open(place, withKeys(old))
    const ids = [SEALED.id, 'secret-2', 'secret-3']
    for (const id of ids) await before.seals.ensure(id, WISH)
    const sealed = await Promise.all(ids.map(async id => (await before.seals.of(id))!.sealer.seal(CANARY)))
    await before.ledger.openRun(newRun({ run: SEALED }))
    await before.content.purge(SEALED.id, 9_000)
    const both = await bench.open(place, withKeys(`${young}\n${old}`))
    expect([await both.seals.rotate(), await both.seals.rotate()]).toEqual([2, 0])
    const after = await bench.open(place, withKeys(young))
    for (const at of [1, 2]) expect((await after.seals.of(ids[at]!))!.sealer.open(sealed[at]!)).toBe(CANARY)
    await expect(after.seals.of(SEALED.id)).rejects.toMatchObject({ kind: 'destroyed' })
    expect(await after.seals.check()).toEqual({ open: 2, shut: [] })
  })

  it('gives all runs of a workspace one key where payloads alone are encrypted', async () => {
    const store = await bench.open(undefined, withKeys(newMasterKey()))
    for (const root of ['a-1', 'a-2']) await store.seals.ensure(root, { content: false, workspace: 'acme' })
    await store.seals.ensure('b-1', { content: false, workspace: 'other' })
    const seals = await Promise.all(['a-1', 'a-2', 'b-1'].map(root => store.seals.of(root)))
    expect(seals.map(seal => seal!.content)).toEqual([false, false, false])
    const [one, two, three] = seals.map(seal => seal!.sealer.keyId)
    expect([one === two, one === three]).toEqual([true, false])
  })

  it('keeps what the configuration says of workspaces, the latest alone', async () => {
    const { seals } = await bench.open()
    expect(await seals.rule('acme')).toEqual({ workspace: 'acme', zdr: false, encryptPayloads: false })
    const others = { workspace: '*', zdr: false, encryptPayloads: true }
    await seals.publish([others, { workspace: 'acme', zdr: true, encryptPayloads: false }])
    expect([await seals.rule('acme'), await seals.rule('else')]).toMatchObject([
      { zdr: true },
      { encryptPayloads: true },
    ])
    await seals.publish([others, { workspace: 'acme', zdr: false, encryptPayloads: true }])
    expect(await seals.rule('acme')).toEqual({ workspace: 'acme', zdr: false, encryptPayloads: true })
    await seals.publish([others, { workspace: 'acme', zdr: false, encryptPayloads: false }])
    expect(await seals.rule('acme')).toMatchObject({ encryptPayloads: false })
    await seals.publish([others])
    expect(await seals.rule('acme')).toMatchObject({ zdr: false, encryptPayloads: true })
  })

  it('deletes what a run that is not sealed has said and read, and nothing of others', async () => {
    const place = await bench.newPlace()
    const store = await bench.open(place)
    const child: RunRef = { ...RUN, id: `${RUN.id}/clerk-1-1`, key: 'first-child-1', scope: RUN.key }
    const other: RunRef = { ...RUN, id: 'letter-10', key: 'first-run-2' }
    for (const run of [RUN, child]) await tellAll(store, run)
    await tellAll(store, other, 'kept-5512')
    const cost = await store.reports.cost(RUN.id)
    expect(await store.content.purge(child.id, 9_000)).toEqual({ run: RUN.id, how: 'deleted', runs: 2 })
    await store.content.scrub()
    await expectAll(store, other, 'kept-5512')
    expect(await store.reports.cost(RUN.id)).toEqual(cost)
    expect((await store.reports.decisions(RUN.id)).map(({ decision }) => decision)).toEqual(['approve', undefined])
    await expect(store.transcripts.read({ lineage: RUN.key, length: 1 })).rejects.toMatchObject({ name: 'LostContent' })
    const contents = await place.contents()
    expect([contents.includes('kept-5512'), contents.includes(CANARY)]).toEqual([true, false])
  })

  it('takes from a fork what was purged that it shares, also where it was read before', async () => {
    const store = await bench.open()
    const { ledger, transcripts, content } = store
    await ledger.openRun(newRun())
    const { transcript } = await ledger.beginCall(newCall(1, { messages: [asked('Hello')] }))
    const forks = ['first-fork', 'second-fork'].map((key): RunRef => ({ ...RUN, id: key, key }))
    let shared = transcript
    for (const run of forks) {
      await ledger.openRun(newRun({ run, forkedFrom: { run: 'one above', step: 1, transcript: shared } }))
      const own = { lineage: `${run.key}/1`, length: shared.length }
      const call = newCall(1, { run, callId: `${run.key}/1/own`, transcript: own, messages: [asked(run.key)] })
      shared = (await ledger.beginCall(call)).transcript
      expect(await transcripts.read(shared)).toHaveLength(shared.length)
    }
    for (const run of [RUN, ...forks]) await ledger.closeRun(run, { outcome: 'answered', endedAtMs: 2_000 })
    await content.purge(RUN.id, 9_000)
    await expect(transcripts.read(shared)).rejects.toMatchObject({ name: 'LostContent' })
    await expect(transcripts.read({ ...shared, lineage: 'first-fork/1', length: 2 })).rejects.toThrow('is missing')
  })

  it('gives nobody what was purged when its run is reset, whatever was remembered of it and stands in its place', async () => {
    const { ledger, transcripts, content } = await bench.open()
    await ledger.openRun(newRun({ part: 'first' }))
    const first = newCall(1, { messages: [asked('Hello'), asked('Who?')], part: 'first' })
    const { transcript } = await ledger.beginCall(first)
    expect(await transcripts.read(transcript)).toHaveLength(2)
    await ledger.closeRun(RUN, { outcome: 'answered', endedAtMs: 2_000, part: 'first' })
    await content.purge(RUN.id, 9_000)
    const later = { messages: [asked('And?')], part: 'second', transcript }
    const { transcript: longer } = await ledger.beginCall(newCall(2, later))
    await expect(transcripts.read(longer)).rejects.toMatchObject({ name: 'LostContent' })
    const anew = newCall(1, { callId: 'anew', messages: [asked('Good day'), asked('Who?')], part: 'third' })
    await ledger.beginCall(anew)
    expect(await transcripts.read(longer)).toEqual(['Good day', 'Who?', 'And?'].map(asked))
  })

  it('keeps apart what two namespaces have sealed under one id', async () => {
    const store = await bench.open(undefined, withKeys(newMasterKey()))
    const [here, there] = ['here', 'there'].map(namespace => sealedRoot({ namespace, workflowId: SEALED.id }))
    const other = { ...SEALED, key: 'first-there' }
    const keyOf = async (root: string) => (await store.seals.of(root))?.sealer.keyId
    expect(await store.seals.ensure(here!, WISH)).toBe(true)
    expect(await store.seals.of(there!)).toBeUndefined()
    await store.ledger.openRun(newRun({ run: SEALED, namespace: 'here' }))
    expect(await store.seals.ensure(there!, WISH)).toBe(true)
    await store.ledger.openRun(newRun({ run: other, namespace: 'there', startedAtMs: 2_000 }))
    expect(await store.seals.ensure(here!, WISH)).toBe(false)
    const [first, second] = await Promise.all([keyOf(here!), keyOf(there!)])
    expect(second).not.toBe(first)
    const digest = await store.texts.keep({ workflowId: SEALED.id, namespace: 'here' }, 'words', 500)
    await store.content.purge(other.key, 9_000)
    expect(await store.texts.take(SEALED, digest)).toBe('words')
    await expect(store.seals.of(there!)).rejects.toMatchObject({ kind: 'destroyed' })
    // The id used again, here: the start that did not come off gives back this namespace's key and no other.
    await store.ledger.closeRun(SEALED, { outcome: 'answered', endedAtMs: 10_000 })
    expect(await store.seals.ensure(here!, WISH)).toBe(true)
    await store.seals.discard(here!)
    expect(await keyOf(here!)).toBe(first)
    expect(await store.seals.keys()).toMatchObject([{ rootId: SEALED.id }, { rootId: SEALED.id }])
  })

  it('finds what was sealed before keys knew of namespaces, and makes no second key for it', async () => {
    const { store } = await sealing(bench)
    const before = (await store.seals.of(SEALED.id))!.sealer.keyId
    const root = sealedRoot({ namespace: 'here', workflowId: SEALED.id })
    expect((await store.seals.of(root))?.sealer.keyId).toBe(before)
    expect(await store.seals.ensure(root, WISH)).toBe(false)
    await store.ledger.openRun(newRun({ run: SEALED, namespace: 'here' }))
    expect((await store.seals.of(root))?.sealer.keyId).toBe(before)
    await store.ledger.closeRun(SEALED, { outcome: 'answered', endedAtMs: 2_000 })
    expect(await store.seals.ensure(root, WISH)).toBe(true)
    expect((await store.seals.of(root))?.sealer.keyId).not.toBe(before)
  })

  it('makes another key for an id that is used again, and leaves the earlier run its own', async () => {
    const { store } = await sealing(bench)
    await store.ledger.openRun(newRun({ run: SEALED }))
    const call = newCall(1, { run: SEALED, messages: [asked('Hello')] })
    const { transcript } = await store.ledger.beginCall(call)
    expect(await store.seals.ensure(SEALED.id, WISH)).toBe(false)
    await store.ledger.closeRun(SEALED, { outcome: 'answered', endedAtMs: 2_000 })
    const keyNow = async () => (await store.seals.of(SEALED.id))!.sealer.keyId
    const first = await keyNow()
    expect(await store.seals.ensure(SEALED.id, WISH)).toBe(true)
    expect(await keyNow()).not.toBe(first)
    expect(await store.transcripts.read(transcript)).toEqual([asked('Hello')])
    await store.seals.discard(SEALED.id)
    expect(await keyNow()).toBe(first)
    await store.seals.ensure(SEALED.id, WISH)
    await store.content.purge(SEALED.key, 3_000)
    expect(await keyNow()).not.toBe(first)
    await expect(store.transcripts.read(transcript)).rejects.toMatchObject({ kind: 'destroyed' })
  })

  it('purges a tree of more runs than a statement has room for', async () => {
    const place = await bench.newPlace()
    const { ledger, content, reports } = await bench.open(place)
    await ledger.openRun(newRun())
    await place.execute(copyingRuns(place.mostParameters))
    await place.execute(
      `update runs set run_id = '${RUN.id}/' || run_key, purged_at_ms = 1 where run_key <> '${RUN.key}'`,
    )
    expect(await content.purge(RUN.id, 9_000)).toEqual({ run: RUN.id, how: 'deleted', runs: place.mostParameters + 1 })
    expect((await reports.runs({ limit: 3 })).map(run => run.purgedAtMs)).toEqual([9_000, 9_000, 9_000])
  })

  it('purges a large tree some runs at a time, and the rest of it the next time where it is interrupted', async () => {
    const { ledger, content, transcripts, reports } = await bench.open()
    const children = Array.from({ length: 25 }, (_, nth): RunRef => {
      const name = `clerk-${String(nth).padStart(2, '0')}`
      return { ...RUN, id: `${RUN.id}/${name}`, key: `${RUN.key}/${name}`, scope: RUN.key }
    })
    const said: TranscriptRef[] = []
    for (const run of [RUN, ...children]) {
      await ledger.openRun(newRun({ run, retentionMs: 0 }))
      const transcript = { lineage: run.key, length: 0 }
      said.push((await ledger.beginCall(newCall(1, { run, transcript, messages: [asked(CANARY)] }))).transcript)
    }
    for (const run of [...children, RUN]) await ledger.closeRun(run, { outcome: 'answered', endedAtMs: 1_000 })
    const ending = new AbortController()
    const purging = content.purgeDue(1_000 + HOUR, ending.signal)
    ending.abort()
    expect(await purging).toEqual([])
    const marked = async () => (await reports.runs({ limit: 30 })).filter(run => run.purgedAtMs !== undefined)
    expect((await marked()).map(run => run.id).toSorted()).toEqual(children.slice(-10).map(run => run.id))
    await expect(transcripts.read(said.at(-1)!)).rejects.toMatchObject({ name: 'LostContent' })
    for (const kept of [said[0]!, said[1]!]) expect(await transcripts.read(kept)).toEqual([asked(CANARY)])
    expect(await content.purgeDue(2_000 + HOUR)).toEqual([{ run: RUN.id, how: 'deleted', runs: 26 }])
    expect(await marked()).toHaveLength(26)
    for (const gone of said) await expect(transcripts.read(gone)).rejects.toMatchObject({ name: 'LostContent' })
  })

  it('purges runs whose time is over, each once', async () => {
    const { ledger, content } = await bench.open()
    const ends = async (id: string, retentionMs: number | undefined, endedAtMs: number | undefined) => {
      const run = { ...RUN, id, key: `key-${id}` }
      await ledger.openRun(newRun({ run, ...(retentionMs !== undefined && { retentionMs }) }))
      if (endedAtMs !== undefined) await ledger.closeRun(run, { outcome: 'answered', endedAtMs })
    }
    await ends('kept', undefined, 1_000)
    await ends('open', 1, undefined)
    await ends('day', DAY, 1_000)
    await ends('instant', 1, 1_000)
    await ends('week', 7 * DAY, 1_000)
    await ends('none', 0, 1_000)
    const names = async (purged: Promise<readonly { run: string }[]>) => (await purged).map(({ run }) => run).toSorted()
    expect(await names(content.purgeDue(1_000 + HOUR - 1))).toEqual([])
    expect(await names(content.purgeDue(1_000 + HOUR))).toEqual(['instant', 'none'])
    expect(await names(content.purgeDue(1_000 + DAY))).toEqual(['day'])
    expect(await names(content.purgeDue(1_000 + DAY))).toEqual([])
    expect(await names(content.purgeEndedBefore(1_000, 2_000))).toEqual([])
    expect(await names(content.purgeEndedBefore(1_001, 2_000))).toEqual(['kept', 'week'])
  })

  it('stops between two transactions where it is told to, and goes on with the rest the next time', async () => {
    const { ledger, content } = await bench.open()
    for (let nth = 0; nth < 150; nth += 1) {
      const run = { ...RUN, id: `run-${nth}`, key: `key-${nth}` }
      await ledger.openRun(newRun({ run, retentionMs: 0 }))
      await ledger.closeRun(run, { outcome: 'answered', endedAtMs: 1_000 })
    }
    const ending = new AbortController()
    const purging = content.purgeDue(1_000 + HOUR, ending.signal)
    ending.abort()
    expect(await purging).toHaveLength(10)
    expect(await content.purgeDue(1_000 + HOUR)).toHaveLength(140)
    expect(await content.purgeDue(1_000 + HOUR, ending.signal)).toEqual([])
  })

  it('purges again what a run has said that was reset after its content had gone', async () => {
    const { ledger, content, transcripts } = await bench.open()
    await ledger.openRun(newRun({ retentionMs: 1 }))
    await ledger.closeRun(RUN, { outcome: 'answered', endedAtMs: 1_000 })
    expect(await content.purgeDue(1_000 + HOUR)).toHaveLength(1)
    const { transcript } = await ledger.beginCall(newCall(1, { messages: [asked('Hello')] }))
    await ledger.closeRun(RUN, { outcome: 'answered', endedAtMs: 2_000 + HOUR, part: 'reset' })
    expect(await content.purgeDue(2_000 + 2 * HOUR)).toHaveLength(1)
    await expect(transcripts.read(transcript)).rejects.toThrow()
  })

  it('keeps nothing that comes of a lost worker after its run was purged, but for what it cost', async () => {
    const place = await bench.newPlace()
    const { ledger, tools, content, reports } = await bench.open(place)
    await ledger.openRun(newRun({ part: 'first' }))
    const attempt = newAttempt(newCall(1, { part: 'first' }), 1)
    const { transcript } = await ledger.beginCall(attempt.call)
    await ledger.beginAttempt(attempt)
    const key = { run: RUN, step: 1, toolCallId: 'tool-1', toolName: 'search', part: 'first' }
    await tools.begin(key, 2_000)
    await ledger.closeRun(RUN, { outcome: 'failed', message: 'the run was terminated', endedAtMs: 3_000 })
    await content.purge(RUN.id, 4_000)
    await ledger.commitAnswer(newCommit(attempt, transcript, { message: said(CANARY) }))
    await tools.finish(key, { isError: false, result: CANARY, preview: CANARY, atMs: 9_000 })
    expect(await place.contents()).not.toContain(CANARY)
    expect((await reports.cost(RUN.id))?.exactPico).toBe('420')
  })

  it.each([RUN, SEALED])(
    'keeps of what people decide too late for a purged run who did, and no word of it ($id)',
    async run => {
      const place = await bench.newPlace()
      const store = await bench.open(place, withKeys(newMasterKey()))
      const { ledger, content, reports } = store
      if (run.sealed) await store.seals.ensure(run.id, WISH)
      await ledger.openRun(newRun({ run, part: 'first', budget: { usd: '1' } }))
      await ledger.closeRun(run, { outcome: 'failed', message: 'the run was terminated', endedAtMs: 3_000 })
      await content.purge(run.id, 4_000)
      const decided = { run, step: 1, toolName: 'print', by: 'Ada', note: CANARY, atMs: 5_000 }
      await ledger.keepDecision({ ...decided, toolCallId: 'tool-1', decision: 'deny' })
      await ledger.keepDecision({ ...decided, toolCallId: 'tool-2', decision: `yes, ${CANARY}` })
      const raise = { run, raiseId: 'raise-1', usd: '0.5', by: 'Ada', note: CANARY, atMs: 6_000 }
      expect(await ledger.raiseBudget(raise)).toMatchObject({ limitUsd: '1.5' })
      expect(await place.contents()).not.toContain(CANARY)
      expect(await reports.decisions(run.id)).toMatchObject([
        { decision: 'deny', by: 'Ada' },
        { toolCallId: 'tool-2', by: 'Ada' },
      ])
      expect(await reports.raises(run.id)).toMatchObject([{ usd: '0.5', by: 'Ada' }])
    },
  )

  it('purges no tree of which a run has not ended, and what a run says that was reset with all of its tree', async () => {
    const { ledger, content, transcripts } = await bench.open()
    const child: RunRef = { ...RUN, id: `${RUN.id}/clerk-1-1`, key: `${RUN.key}/clerk-1-1`, scope: RUN.key }
    const gone = { ...RUN, id: 'gone', key: 'purged before' }
    await ledger.openRun(newRun({ run: gone, retentionMs: 0 }))
    await ledger.closeRun(gone, { outcome: 'answered', endedAtMs: 1_000 })
    expect(await content.purgeDue(1_000 + HOUR)).toHaveLength(1)
    for (const run of [RUN, child]) await ledger.openRun(newRun({ run, retentionMs: 0, part: run.key }))
    await ledger.closeRun(RUN, { outcome: 'failed', message: 'the run was terminated', endedAtMs: 1_000 })
    expect(await content.openIn(RUN.id)).toBe(child.id)
    await content.outcomeRead(RUN.id, 2_000)
    expect(await content.purgeDue(1_000 + HOUR)).toEqual([])
    expect(await content.purgeEndedBefore(2_000, 3_000)).toEqual([])
    await ledger.closeRun(child, { outcome: 'cancelled', endedAtMs: 5_000 })
    expect(await content.openIn(child.id)).toBeUndefined()
    expect(await content.purgeDue(1_000 + HOUR)).toMatchObject([{ run: RUN.id, runs: 2 }])
    const again = newCall(1, { run: child, part: 'reset', messages: [asked('Hello')] })
    const { transcript } = await ledger.beginCall(again)
    await ledger.closeRun(child, { outcome: 'answered', part: 'reset', endedAtMs: 6_000 })
    expect(await content.purgeDue(1_000 + HOUR)).toMatchObject([{ run: RUN.id, runs: 2 }])
    await expect(transcripts.read(transcript)).rejects.toThrow()
  })

  it('looks for the end of each run whose retention begins with it, also of one that holds nothing', async () => {
    const { ledger, budgets, content } = await bench.open()
    await ledger.openRun(newRun({ retentionMs: 1 }))
    expect(await budgets.holdingRuns()).toEqual([{ id: RUN.id, key: RUN.key }])
    await ledger.closeRun(RUN, { outcome: 'failed', endedAtMs: 1_000 })
    expect(await budgets.holdingRuns()).toEqual([])
    expect(await content.purgeDue(1_000 + HOUR)).toHaveLength(1)
  })

  it('purges a run of no retention when its outcome was read, and not before its end', async () => {
    const { ledger, content, reports, transcripts } = await bench.open()
    for (const [id, retentionMs] of [
      ['kept', undefined],
      ['kept an hour', HOUR],
    ] as const) {
      const run = { ...RUN, id, key: `key-${id}` }
      await ledger.openRun(newRun({ run, ...(retentionMs !== undefined && { retentionMs }) }))
      await ledger.closeRun(run, { outcome: 'failed', message: 'words', endedAtMs: 3_000 })
      await content.outcomeRead(id, 3_500)
      expect(await reports.run(id)).toMatchObject({ message: 'words' })
    }
    const child: RunRef = { ...RUN, id: `${RUN.id}/clerk-1-1`, key: `${RUN.key}/clerk-1-1`, scope: RUN.key }
    for (const run of [RUN, child]) await ledger.openRun(newRun({ run, retentionMs: 0 }))
    const { transcript } = await ledger.beginCall(newCall(1, { messages: [asked('Hello')] }))
    await content.outcomeRead(RUN.id, 2_000)
    await ledger.closeRun(RUN, { outcome: 'failed', message: 'words', endedAtMs: 3_000 })
    // One below it goes on.
    await content.outcomeRead(RUN.id, 3_100)
    await ledger.closeRun(child, { outcome: 'failed', message: 'words', endedAtMs: 3_200 })
    for (const other of [child.id, 'kept']) await content.outcomeRead(other, 3_300)
    for (const { id } of [RUN, child]) expect(await reports.run(id)).toMatchObject({ message: 'words' })
    expect(await transcripts.read(transcript)).toEqual([asked('Hello')])
    // Of another namespace, whose run has the same id: nobody has read this one's.
    await content.outcomeRead(RUN.id, 3_500, async () => 'first-run-of-another')
    expect(await reports.run(RUN.id)).toMatchObject({ message: 'words' })
    // One that began later there, and is kept, hides nothing.
    const there = { ...RUN, key: 'first-run-of-another' }
    await ledger.openRun(newRun({ run: there, namespaceId: 'there', startedAtMs: 3_600 }))
    await ledger.closeRun(there, { outcome: 'failed', message: 'words', endedAtMs: 3_700 })
    await content.outcomeRead(RUN.id, 4_000, async () => RUN.key)
    expect(await reports.run(RUN.key)).not.toHaveProperty('message')
    expect(await reports.run(there.key)).toMatchObject({ message: 'words' })
  })
}

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** A store with a master key, and in it the key of the sealed run. */
async function sealing(bench: Bench) {
  const place = await bench.newPlace()
  const store = await bench.open(place, withKeys(newMasterKey()))
  await store.seals.ensure(SEALED.id, WISH)
  return { place, store }
}

function withKeys(text: string) {
  const parsed = parseMasterKeys(text)
  if (!parsed.ok) throw new Error(parsed.problem)
  return { masterKeys: () => parsed.masterKeys }
}

/** A run with its words in every place that has any. */
async function tellAll({ ledger, tools, events }: Store, run: RunRef, words = CANARY): Promise<void> {
  await ledger.openRun(newRun({ run }))
  const call = newCall(1, { run, messages: [asked(words)] })
  const { transcript } = await ledger.beginCall(call)
  const attempt = newAttempt(call, 1)
  await ledger.beginAttempt(attempt)
  await events.write(run, [{ kind: 'text-delta', step: 1, attempt: 1, text: words }], 2_500)
  const commit = newCommit(attempt, transcript, { message: said(words) })
  await ledger.commitAnswer({ ...commit, answer: { ...commit.answer, text: words } })
  const key = { run, step: 1, toolCallId: 'tool-1', toolName: 'look' }
  await tools.begin({ ...key, inputPreview: words }, 3_000)
  await tools.progress(key, words, 3_050)
  expect((await events.read(run.id, 0, 100)).at(-1)).toMatchObject({ kind: 'tool-progress', text: words })
  await tools.finish(key, { isError: false, result: { words }, preview: words, atMs: 3_100 })
  // Long enough to lie apart, in the message too.
  const long = { ...key, toolCallId: 'tool-2' }
  await tools.finish(long, { isError: false, result: words.repeat(100), preview: 'long', atMs: 3_100 })
  const decision = { step: 1, toolCallId: 'tool-1', toolName: 'look', decision: 'approve', note: words } as const
  await ledger.keepDecision({ run, ...decision, atMs: 3_500 })
  const answer = { step: 1, toolCallId: 'print', toolName: 'print', decision: words }
  await ledger.keepDecision({ run, ...answer, atMs: 3_550 })
  await ledger.raiseBudget({ run, raiseId: `raise of ${run.key}`, tokens: 5, note: words, atMs: 3_600 })
  await ledger.closeRun(run, { outcome: 'failed', message: words, endedAtMs: 4_000 })
}

async function expectAll({ events, transcripts, tools, reports }: Store, run: RunRef, words = CANARY): Promise<void> {
  const read = await events.read(run.id, 0, 100)
  const atOnce = await events.readSpans([{ key: run.key, after: 0, until: 100 }], 100)
  expect(atOnce.map(({ event }) => event)).toEqual(read)
  const last = await events.readLast([run.key], 100, ['answer', 'run-end'])
  expect(last.map(({ event }) => event)).toEqual(read.filter(({ kind }) => kind === 'answer' || kind === 'run-end'))
  expect(read.filter(event => JSON.stringify(event).includes(words)).map(event => event.kind)).toEqual([
    'answer',
    'tool-start',
    'tool-end',
    'approval-decision',
    'approval-decision',
    'budget-raise',
    'run-end',
  ])
  expect(await transcripts.read({ lineage: run.key, length: 2 })).toMatchObject([asked(words), { role: 'assistant' }])
  expect(await tools.result(run.key, 1, 'tool-1')).toEqual({ words })
  expect(await tools.result(run.key, 1, 'tool-2')).toBe(words.repeat(100))
  expect(await reports.decisions(run.id)).toMatchObject([{ note: words }, { decision: words }])
  expect(await reports.raises(run.id)).toEqual([{ tokens: 5, note: words, atMs: 3_600 }])
}
