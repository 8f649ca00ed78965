import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultPayloadConverter, type Payload } from '@temporalio/common'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createCodec } from '../../../src/runtime/seals/codec.ts'
import { createKnownSeals } from '../../../src/runtime/seals/known-seals.ts'
import { newMasterKey, parseMasterKeys, type Store } from '../../../src/store/index.ts'
import { openNewStore } from '../../support/new-store.ts'

let folder: string
let store: Store

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-payloads-'))
  const parsed = parseMasterKeys(newMasterKey())
  if (!parsed.ok) throw new Error(parsed.problem)
  store = await openNewStore({ path: join(folder, 'store.db'), masterKeys: () => parsed.masterKeys })
})

afterEach(async () => {
  await store.close()
  await rm(folder, { recursive: true, force: true })
})

const of = (workflowId: string) => ({ type: 'workflow', workflowId, namespace: 'default' }) as const

const wordsIn = (payloads: readonly Payload[]) => payloads.map(payload => defaultPayloadConverter.fromPayload(payload))

const codecOf = (rememberPlain: boolean) =>
  createCodec(createKnownSeals(async () => store.seals, Date.now, { rememberPlain }))

it.each([true, false])(
  'gives what is sealed to no run without a key, which would have it read out: %s',
  async content => {
    await store.seals.ensure('default/letter-1', { content, workspace: 'acme' })
    const codec = codecOf(true)
    const payloads = [defaultPayloadConverter.toPayload('the canary sings at six')]
    const sealed = await codec.encode(payloads, of('letter-1'))
    expect(sealed).not.toEqual(payloads)
    await expect(codec.decode(sealed, of('mallory-1'))).rejects.toThrow(/mallory-1.*without a key/)
    for (const context of [of('letter-1'), of('letter-1/critic-1-1'), undefined])
      expect(wordsIn(await codec.decode(sealed, context))).toEqual(wordsIn(payloads))
  },
)

it('reads what came sealed of a run that was taken for one without a key', async () => {
  const codec = codecOf(true)
  const payloads = [defaultPayloadConverter.toPayload('well')]
  expect(await codec.encode(payloads, of('late-1'))).toEqual(payloads)
  await store.seals.ensure('default/late-1', { content: true, workspace: 'acme' })
  const sealed = await codecOf(false).encode(payloads, of('late-1'))
  expect(wordsIn(await codec.decode(sealed, of('late-1')))).toEqual(wordsIn(payloads))
})
