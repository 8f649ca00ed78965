import { expect, it } from 'vitest'
import type { Message } from '../../../src/core/messages.ts'
import type { Store } from '../../../src/store/index.ts'
import type { Bench } from '../describe-store.ts'
import { asked, newCall, newRun, RUN } from '../records.ts'

export function transcriptTests(bench: Bench): void {
  it('gives back what was appended, in order, as far as it is asked', async () => {
    const store = await bench.open()
    await store.ledger.openRun(newRun())
    const odd = asked('naïve \u0000 \ud83d\ude80 "quoted" \\ line\nbreak')
    const first = await append(store, 1, 0, [asked('one'), odd])
    const second = await append(store, 2, first.length, [asked('three')])
    expect(await store.transcripts.read(second)).toEqual([asked('one'), odd, asked('three')])
    expect(await store.transcripts.read({ ...second, length: 2 })).toEqual([asked('one'), odd])
    expect(await store.transcripts.read({ ...second, length: 0 })).toEqual([])
  })

  it('begins a new lineage where a reset run says something else, and finds it again', async () => {
    const store = await bench.open()
    await store.ledger.openRun(newRun())
    await append(store, 1, 0, [asked('one'), asked('two'), asked('three')])
    const other = await append(store, 2, 1, [asked('two'), asked('else'), asked('more')])
    expect(other.lineage).not.toBe(RUN.key)
    expect(await append(store, 2, 1, [asked('two'), asked('else'), asked('more')])).toEqual(other)
    expect(await store.transcripts.read(other)).toEqual([asked('one'), asked('two'), asked('else'), asked('more')])
    const original = await store.transcripts.read({ lineage: RUN.key, length: 3 })
    expect(original).toEqual([asked('one'), asked('two'), asked('three')])
  })

  it('forks a fork, inside the part that it has from its parent too', async () => {
    const store = await bench.open()
    await store.ledger.openRun(newRun())
    await append(store, 1, 0, [asked('one'), asked('two'), asked('three')])
    const child = await append(store, 2, 2, [asked('else')])
    const grandchild = await appendTo(store, 3, { lineage: child.lineage, length: 1 }, [
      asked('two'),
      asked('third way'),
    ])
    const early = await appendTo(store, 4, { lineage: child.lineage, length: 0 }, [asked('anew')])
    expect(await store.transcripts.read(grandchild)).toEqual([asked('one'), asked('two'), asked('third way')])
    expect(await store.transcripts.read(early)).toEqual([asked('anew')])
    expect(await store.transcripts.read(child)).toEqual([asked('one'), asked('two'), asked('else')])
    expect(await appendTo(store, 5, { lineage: child.lineage, length: 0 }, [asked('one'), asked('two')])).toEqual({
      lineage: child.lineage,
      length: 2,
    })
  })

  it('keeps forks of the same words at different places apart', async () => {
    const store = await bench.open()
    await store.ledger.openRun(newRun())
    await append(store, 1, 0, [asked('one'), asked('two')])
    const early = await append(store, 2, 0, [asked('go on')])
    const late = await append(store, 3, 1, [asked('go on')])
    expect(await store.transcripts.read(early)).toEqual([asked('go on')])
    expect(await store.transcripts.read(late)).toEqual([asked('one'), asked('go on')])
  })

  it('names the place of a message that is missing', async () => {
    const place = await bench.newPlace()
    const store = await bench.open(place)
    await store.ledger.openRun(newRun())
    const transcript = await append(store, 1, 0, [asked('one'), asked('two'), asked('three')])
    await store.close()
    await place.execute(`delete from messages where position = 1`)
    const { transcripts } = await bench.open(place)
    await expect(transcripts.read(transcript)).rejects.toMatchObject({
      name: 'LostContent',
      message: expect.stringMatching(/Message 1 of the lineage first-run-1 is missing.*DATABASE_URL/),
    })
    await expect(transcripts.read({ ...transcript, length: 9 })).rejects.toThrow('is missing')
  })

  it('names the place of a message that was changed, and does not quote it', async () => {
    const place = await bench.newPlace()
    const store = await bench.open(place)
    await store.ledger.openRun(newRun())
    const transcript = await append(store, 1, 0, [asked('one'), asked('secret')])
    await store.close()
    await place.execute(`update messages set body = replace(body, 'secret', 'forged') where position = 1`)
    const { transcripts } = await bench.open(place)
    const reading = transcripts.read(transcript)
    await expect(reading).rejects.toThrow(/Message 1 of the lineage first-run-1 has been changed/)
    await expect(reading).rejects.not.toMatchObject({ message: expect.stringContaining('forged') })
  })
}

function append(store: Store, step: number, length: number, messages: readonly Message[]) {
  return appendTo(store, step, { lineage: RUN.key, length }, messages)
}

async function appendTo(
  { ledger }: Store,
  step: number,
  transcript: { lineage: string; length: number },
  messages: readonly Message[],
) {
  return (await ledger.beginCall(newCall(step, { transcript, messages }))).transcript
}
