import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addedMessages } from '../../../activities/call-model/prepare/added-messages.ts'
import type { Part } from '../../../src/core/parts.ts'
import { checkBrief, shortBrief, wordsFor } from '../../../src/runtime/given/long-texts.ts'
import type { Store } from '../../../src/store/index.ts'
import { newRun, RUN } from '../../store/records.ts'
import { openNewStore } from '../../support/new-store.ts'

const PLACE = { namespace: 'default', workflowId: RUN.id }

let folder: string
let store: Store

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-long-files-'))
  store = await openNewStore({ path: join(folder, 'store.db') })
  await store.ledger.openRun(newRun())
})
afterAll(async () => {
  await store?.close()
  await rm(folder, { recursive: true, force: true })
})

/** What the model is told of parts as history has them. */
const told = (parts: readonly Part[]) =>
  addedMessages({ texts: store.texts } as never, { run: RUN, additions: [{ role: 'user', content: parts }] } as never)

it('a file that is a text of 3 MB lies in the store, and the model is given it as it was', async () => {
  const text = 'Zürich;9\n'.repeat(333_000)
  const file = { type: 'file', mediaType: 'text/csv', data: { type: 'text', text } } as const
  const brief = await shortBrief(store, PLACE, { input: [{ type: 'text', text: 'What is this?' }, file] })
  checkBrief('clerk', brief, store)
  expect(JSON.stringify(brief).length).toBeLessThan(1_000)
  const [, kept] = brief.input as readonly Part[]
  expect(kept).toMatchObject({
    data: { type: 'stored', bytes: 3_330_000, tokens: 749_250, preview: '[text/csv, 3.3 MB]' },
  })
  expect(await told(brief.input as readonly Part[])).toEqual([
    { role: 'user', content: [{ type: 'text', text: 'What is this?' }, file] },
  ])
})

it('so do a text of 3 MB beside another part, and a file in a message', async () => {
  const text = 'A line of text.\n'.repeat(187_500)
  const parts = [
    { type: 'text', text },
    { type: 'file', mediaType: 'text/plain', data: { type: 'text', text } },
  ] as const
  const brief = await shortBrief(store, PLACE, { input: parts })
  checkBrief('clerk', brief, store)
  const said = (await wordsFor(store, PLACE, parts)) as readonly Part[]
  for (const given of [brief.input as readonly Part[], said]) {
    expect(JSON.stringify(given).length).toBeLessThan(2_000)
    expect(await told(given)).toEqual([{ role: 'user', content: parts }])
  }
})
