import { expect, it } from 'vitest'
import type { Message } from '../../../src/core/messages.ts'
import type { PromptView, TranscriptRef } from '../../../src/core/protocol.ts'
import { newMasterKey, parseMasterKeys, type Store } from '../../../src/store/index.ts'
import type { Bench } from '../describe-store.ts'
import { answer, asked, newAttempt, newCall, newCommit, newRun, RUN, said } from '../records.ts'

const LONG = 'a long finding '.repeat(100)
const REFERENCE = /reference "([0-9a-f]{12})"/

export function longContentTests(bench: Bench): void {
  it('gives messages back as they were, whatever is long in them', async () => {
    const store = await bench.open()
    await store.ledger.openRun(newRun())
    const messages: readonly Message[] = [
      { role: 'system', content: LONG.repeat(4) },
      {
        role: 'user',
        content: [
          { type: 'text', text: LONG.repeat(4) },
          { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'aGVsbG8='.repeat(200) } },
          { type: 'file', mediaType: 'image/png', data: { type: 'url', url: 'https://example.com/a.png' } },
          { type: 'file', mediaType: 'text/plain', data: { type: 'text', text: LONG.repeat(4) } },
        ],
      },
      found('tool-1', { type: 'json', value: { rows: [LONG, 'odd \u0000 \ud83d\ude80 "quoted"'] } }),
      found('tool-2', { type: 'error-text', value: LONG }),
      found('tool-3', { type: 'execution-denied', reason: 'no' }),
      found('tool-4', { type: 'json', value: { blob: { digest: 'not ours', bytes: 1 } } }),
    ]
    const transcript = await append(store, 1, 0, messages)
    expect(await store.transcripts.read(transcript)).toEqual(messages)
  })

  it('keeps a long text once, however often a run has it', async () => {
    const place = await bench.newPlace()
    const store = await bench.open(place)
    await store.ledger.openRun(newRun())
    const key = { run: RUN, step: 1, toolCallId: 'tool-1', toolName: 'search' }
    await store.tools.begin(key, 10)
    await store.tools.finish(key, { isError: false, result: LONG, preview: 'a long', atMs: 20 })
    const transcript = await append(
      store,
      1,
      0,
      [1, 2, 3].map(at => found(`tool-${at}`, { type: 'text', value: LONG })),
    )
    await store.close()
    // One row more would break this: the digest is the key's second half.
    await place.execute(`create unique index once_only on blobs (run_key)`)
    const again = await bench.open(place)
    expect(await again.tools.result(RUN.key, 1, 'tool-1')).toBe(LONG)
    expect(await again.transcripts.read(transcript)).toHaveLength(3)
  })

  it('keeps a long text of a run below another with that run, once', async () => {
    const place = await bench.newPlace()
    const store = await bench.open(place)
    const run = { ...RUN, id: `${RUN.id}/clerk-1-1`, key: `${RUN.key}/clerk-1-1`, root: RUN.id, scope: RUN.key }
    await store.ledger.openRun(newRun())
    await store.ledger.openRun(newRun({ run }))
    const key = { run, step: 1, toolCallId: 'tool-1', toolName: 'search' }
    await store.tools.begin(key, 10)
    await store.tools.finish(key, { isError: false, result: LONG, preview: 'a long', atMs: 20 })
    const messages = [found('tool-1', { type: 'text', value: LONG })]
    const call = newCall(1, { run, transcript: { lineage: `${run.key}/1`, length: 0 }, messages })
    const { transcript } = await store.ledger.beginCall(call)
    await store.close()
    await place.execute(`create unique index once_only on blobs (digest)`)
    const again = await bench.open(place)
    expect(await again.transcripts.read(transcript)).toEqual(messages)
    expect(await again.tools.result(run.key, 1, 'tool-1')).toBe(LONG)
  })

  it('says what is lost when a long text is missing or was changed', async () => {
    for (const harm of [`delete from blobs`, `update blobs set body = replace(body, 'finding', 'forgery')`]) {
      const place = await bench.newPlace()
      const store = await bench.open(place)
      await store.ledger.openRun(newRun())
      const transcript = await append(store, 1, 0, [found('tool-1', { type: 'text', value: LONG })])
      await store.close()
      await place.execute(harm)
      const { transcripts } = await bench.open(place)
      const reading = transcripts.read(transcript)
      await expect(reading).rejects.toMatchObject({
        name: 'LostContent',
        message: expect.stringContaining('DATABASE_URL'),
      })
      await expect(reading).rejects.not.toMatchObject({ message: expect.stringContaining('forgery') })
    }
  })

  it('reads a view: notes in place of long results, which are found again by their reference', async () => {
    const store = await bench.open()
    await store.ledger.openRun(newRun())
    const short = found('tool-2', { type: 'text', value: 'short' })
    const messages = [
      asked('go'),
      found('tool-1', { type: 'text', value: LONG }),
      short,
      found('tool-3', { type: 'text', value: `${LONG}!` }),
    ]
    const transcript = await answeredAfter(store, messages)
    const seen = await store.transcripts.read(transcript, { since: 2, by: 'clearing', clearedBefore: 3 })
    expect(seen.map(textOf)).toEqual([
      'go',
      expect.stringMatching(/bytes from search.*read_result/),
      'short',
      `${LONG}!`,
      'Dear reader',
    ])
    const [, reference = ''] = REFERENCE.exec(textOf(seen[1]!)) ?? []
    const callId = newCall(1).callId
    expect(await store.tools.byReference(callId, reference)).toBe(LONG)
    expect(await store.tools.byReference(callId, '0'.repeat(12))).toBeUndefined()
    expect(await store.tools.byReference(callId, '%')).toBeUndefined()
    const elsewhere = newCall(1, { run: { ...RUN, id: 'letter-2', key: 'other-run-1' } })
    await store.ledger.openRun(newRun({ run: elsewhere.run }))
    await answer(store.ledger, elsewhere)
    expect(await store.tools.byReference(elsewhere.callId, reference)).toBeUndefined()
    expect((await store.transcripts.read(transcript)).map(textOf)[1]).toBe(LONG)
  })

  it('reads a view: a summary in place of what it sums up, and what came after as it grows', async () => {
    const store = await bench.open()
    await store.ledger.openRun(newRun())
    const transcript = await append(store, 1, 0, ['zero', 'one', 'two', 'three', 'four'].map(asked))
    const summary = await answeredAfter(store, [asked('sum up')], { lineage: RUN.key, length: 3 })
    expect(summary.lineage).not.toBe(RUN.key)
    const view: PromptView = {
      since: 3,
      by: 'compaction',
      clearedBefore: 3,
      compacted: { head: 1, until: 3, summary },
    }
    const seen = ['zero', expect.stringMatching(/summed up.*Dear reader$/s), 'three', 'four']
    expect((await store.transcripts.read(transcript, view)).map(textOf)).toEqual(seen)
    const grown = await append(store, 5, transcript.length, [asked('five')])
    expect((await store.transcripts.read(grown, view)).map(textOf)).toEqual([...seen, 'five'])
    expect((await store.transcripts.read(transcript, view)).map(textOf)).toEqual(seen)
    expect((await store.transcripts.read(grown)).map(textOf)).toEqual(['zero', 'one', 'two', 'three', 'four', 'five'])
  })
}

export function clientTextTests(bench: Bench): void {
  const MONTH_LATER_MS = 1_001 + 30 * 24 * 3_600_000
  const words = `${LONG.repeat(5)} \u0000 \ud83d\ude80 "quoted"`

  it('keeps a long text of a client for a run that has not begun, and the run keeps it once', async () => {
    const place = await bench.newPlace()
    const client = await bench.open(place)
    const digest = await client.texts.keep({ workflowId: RUN.id }, words, 500)
    expect(await client.texts.keep({ workflowId: RUN.id }, words, 600)).toBe(digest)
    const worker = await bench.open(place)
    await worker.ledger.openRun(newRun())
    expect([await worker.texts.take(RUN, digest), await worker.texts.take(RUN, digest)]).toEqual([words, words])
    // Said once more: the run has it, and takes the second one away.
    await client.texts.keep({ workflowId: RUN.id }, words, 700)
    expect(await worker.texts.take(RUN, digest)).toBe(words)
    const transcript = await append(worker, 1, 0, [asked(words)])
    expect(await worker.transcripts.read(transcript)).toEqual([asked(words)])
    await client.close()
    await worker.close()
    await place.execute(`create unique index once_only on blobs (run_key)`)
    await place.execute(`alter table client_texts add column must_be_empty text not null ${''}check (false)`)
  })

  it('gives a text to the run alone that it was written for, and says where it may be', async () => {
    const store = await bench.open()
    await store.ledger.openRun(newRun())
    const other = { ...RUN, id: 'letter-2', key: 'first-run-2' }
    await store.ledger.openRun(newRun({ run: other }))
    const digest = await store.texts.keep({ workflowId: other.id }, words, 500)
    await expect(store.texts.take(RUN, digest)).rejects.toMatchObject({
      name: 'LostContent',
      message: expect.stringMatching(/for the run letter-1 is missing.*DATABASE_URL/),
    })
    expect(await store.texts.take(other, digest)).toBe(words)
  })

  it('is there for each of two namespaces whose runs have one id and are given the same words', async () => {
    const store = await bench.open()
    const [digest] = [
      await store.texts.keep({ workflowId: RUN.id }, words, 500),
      await store.texts.keep({ workflowId: RUN.id }, words, 600),
    ]
    for (const key of ['first-namespace-run', 'second-namespace-run']) {
      await store.ledger.openRun(newRun({ run: { ...RUN, key } }))
      expect(await store.texts.take({ ...RUN, key }, digest!)).toBe(words)
    }
  })

  it('ends with the run, taken over or not, and where no run ever began', async () => {
    const place = await bench.newPlace()
    const store = await bench.open(place)
    await store.ledger.openRun(newRun())
    const taken = await store.texts.keep({ workflowId: RUN.id }, 'taken-canary', 500)
    await store.texts.take(RUN, taken)
    await store.texts.keep({ workflowId: RUN.id }, 'unread-canary', 600)
    await store.texts.keep({ workflowId: 'never-1' }, 'orphan-canary', 1_000)
    await store.texts.keep({ workflowId: 'soon-1' }, 'kept-5512', MONTH_LATER_MS)
    await store.content.purgeDue(MONTH_LATER_MS)
    expect(await store.texts.take(RUN, taken)).toBe('taken-canary')
    await store.content.purge(RUN.id, MONTH_LATER_MS)
    await store.content.scrub()
    const contents = await place.contents()
    expect(contents).not.toContain('-canary')
    expect(contents).toContain('kept-5512')
  })

  it('stays for a run that is started with the id of one whose content ends', async () => {
    const store = await bench.open()
    await store.ledger.openRun(newRun())
    await store.texts.keep({ workflowId: RUN.id }, words, 500)
    await store.ledger.closeRun(RUN, { outcome: 'answered', endedAtMs: 1_000 })
    const digest = await store.texts.keep({ workflowId: RUN.id }, words, 2_000)
    await store.content.purge(RUN.id, 3_000)
    const next = { ...RUN, key: 'next-run-1' }
    await store.ledger.openRun(newRun({ run: next }))
    expect(await store.texts.take(next, digest)).toBe(words)
  })

  it('goes within hours where it came after the end of a run whose content has ended', async () => {
    const store = await bench.open()
    await store.ledger.openRun(newRun())
    await store.ledger.closeRun(RUN, { outcome: 'answered', endedAtMs: 1_000 })
    const digest = await store.texts.keep({ workflowId: RUN.id }, words, 1_001)
    await store.content.purge(RUN.id, 2_000)
    await store.content.purgeDue(3 * 3_600_000)
    await expect(store.texts.take(RUN, digest)).rejects.toThrow('is missing')
  })

  it('is sealed with the key of the tree, which the run’s own messages have', async () => {
    const place = await bench.newPlace()
    const masterKeys = keysFrom(newMasterKey())
    const store = await bench.open(place, { masterKeys })
    const run = { ...RUN, id: 'secret-1', sealed: true }
    const child = { ...run, id: 'secret-1/clerk-1-1', key: `${RUN.key}/clerk-1-1`, scope: RUN.key }
    await store.seals.ensure(run.id, { content: true, workspace: 'acme' })
    const digests = [
      await store.texts.keep({ workflowId: run.id }, words, 500),
      await store.texts.keep({ workflowId: child.id }, words, 500),
    ]
    expect(digests[0]).toBe(digests[1])
    const isClear = async () => /a long finding/.test(await place.contents())
    expect(await isClear()).toBe(false)
    for (const each of [run, child]) {
      await store.ledger.openRun(newRun({ run: each }))
      expect(await store.texts.take(each, digests[0]!)).toBe(words)
    }
    expect(await isClear()).toBe(false)
    const without = await bench.open(place)
    await expect(without.texts.keep({ workflowId: run.id }, words, 500)).rejects.toMatchObject({
      kind: 'no-master-key',
    })
    await store.content.purge(run.id, 9_000)
    await expect(store.texts.take(run, digests[0]!)).rejects.toMatchObject({ kind: 'destroyed' })
  })
}

function keysFrom(text: string) {
  const parsed = parseMasterKeys(text)
  if (!parsed.ok) throw new Error(parsed.problem)
  return () => parsed.masterKeys
}

type Output = Extract<Extract<Message, { role: 'tool' }>['content'][number], { type: 'tool-result' }>['output']

function found(toolCallId: string, output: Output): Message {
  return { role: 'tool', content: [{ type: 'tool-result', toolCallId, toolName: 'search', output }] }
}

function textOf(message: Message): string {
  if (message.role === 'system') return message.content
  return message.content
    .map(part => {
      if (part.type === 'text') return part.text
      return part.type === 'tool-result' && 'value' in part.output ? String(part.output.value) : ''
    })
    .join('')
}

async function append(store: Store, step: number, length: number, messages: readonly Message[]) {
  return (await store.ledger.beginCall(newCall(step, { transcript: { lineage: RUN.key, length }, messages })))
    .transcript
}

async function answeredAfter(
  { ledger }: Store,
  messages: readonly Message[],
  at: TranscriptRef = { lineage: RUN.key, length: 0 },
): Promise<TranscriptRef> {
  const call = newCall(1 + at.length, { transcript: at, messages })
  const { transcript } = await ledger.beginCall(call)
  const attempt = newAttempt(call, 1)
  await ledger.beginAttempt(attempt)
  return (await ledger.commitAnswer(newCommit(attempt, transcript, { message: said('Dear reader') }))).transcript
}
