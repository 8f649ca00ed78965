/**
 * What Gemini's batches say, as it was seen on the wire: by https://github.com/langchain4j/langchain4j
 * (GoogleAiGeminiBatchChatModelTest), https://github.com/tobert/kaibo (src/batch.rs) and others who wrote it down.
 */
import { describe, expect, it } from 'vitest'
import type { Wire } from '../../src/providers/batch/batch-dialect.ts'
import { batch } from '../../src/providers/google/batch.ts'

const PATH = '/v1beta/models/gemini-2.5-flash-lite:generateContent'
const NAME = 'batches/tti3ik8qob66dxcvynlg5swnutyntbi926ac'
const METADATA = {
  '@type': 'type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch',
  model: 'models/gemini-2.5-flash-lite',
  displayName: 'capitals-batch',
  createTime: '2025-12-03T17:23:06.004734302Z',
  updateTime: '2025-12-03T17:23:06.004734302Z',
  name: NAME,
}
const RESPONSE = {
  candidates: [
    {
      content: { parts: [{ text: 'The capital of France is **Paris**.' }], role: 'model' },
      finishReason: 'STOP',
      index: 0,
    },
  ],
  usageMetadata: { promptTokenCount: 8, candidatesTokenCount: 8, totalTokenCount: 16 },
  modelVersion: 'gemini-2.5-flash-lite',
}

const inState = (state: string, more: object = {}) => ({ name: NAME, metadata: { ...METADATA, state }, ...more })
const withItem = (item: object) => ({ inlinedResponses: { inlinedResponses: [{ ...item, metadata: { key: 'one' } }] } })
const ended = (item: object) => ({ done: true, response: withItem(item) })

describe('a look at a batch', () => {
  const looked = (operation: object) => batch.look(async () => JSON.stringify(operation), PATH, 'tti3')

  it.each([
    [inState('BATCH_STATE_PENDING'), { kind: 'pending' }],
    [inState('JOB_STATE_RUNNING', { done: false }), { kind: 'pending' }],
    [inState('BATCH_STATE_SUCCEEDED', ended({ response: RESPONSE })), { kind: 'answered', body: RESPONSE }],
    [inState('JOB_STATE_SUCCEEDED', ended({ response: RESPONSE })), { kind: 'answered' }],
    // As the SDKs read it.
    [{ metadata: { state: 'BATCH_STATE_SUCCEEDED', output: withItem({ response: RESPONSE }) } }, { kind: 'answered' }],
    [inState('BATCH_STATE_SUCCEEDED', { done: true }), { kind: 'gone' }],
    [inState('BATCH_STATE_EXPIRED', { done: true }), { kind: 'expired' }],
    // Cancelled before it began, and after.
    [
      inState('BATCH_STATE_CANCELLED', { done: true, error: { code: 13, message: 'Batch x failed without error.' } }),
      { kind: 'withdrawn' },
    ],
    [inState('BATCH_STATE_SUCCEEDED', ended({ error: { code: 1 } })), { kind: 'withdrawn' }],
    [inState('BATCH_STATE_CANCELLED', ended({ response: RESPONSE })), { kind: 'answered' }],
  ])('reads %j', async (operation, read) => {
    expect(await looked(operation)).toMatchObject(read)
  })

  it('tells errors by the status and the word that the ordinary interface has for them', async () => {
    const item = await looked(inState('BATCH_STATE_SUCCEEDED', ended({ error: { code: 3, message: 'bad part' } })))
    const error = { code: 400, message: 'bad part', status: 'INVALID_ARGUMENT' }
    expect(item).toEqual({ kind: 'refused', status: 400, body: { error } })
    const whole = { code: 8, message: 'Enqueued token quota exceeded for this model.' }
    const failed = await looked(inState('BATCH_STATE_FAILED', { done: true, error: whole }))
    expect(failed).toMatchObject({ status: 429, body: { error: { status: 'RESOURCE_EXHAUSTED' } } })
  })
})

it('asks at the paths beside the models, and names a batch as it is listed', async () => {
  const asked: string[] = []
  const wire: Wire = async ({ method, path, body }) => {
    asked.push(`${method} ${path} ${body ?? ''}`)
    return JSON.stringify(inState('BATCH_STATE_PENDING'))
  }
  const request = { contents: [{ parts: [{ text: 'Hi' }] }] }
  expect(await batch.submit(wire, { path: `/proxy${PATH}`, body: request, id: 'one' })).toBe(NAME.slice(8))
  await batch.withdraw(wire, `/proxy${PATH}`, 'tti3')
  const inputConfig = { requests: { requests: [{ request, metadata: { key: 'one' } }] } }
  expect(asked).toEqual([
    `POST /proxy/v1beta/models/gemini-2.5-flash-lite:batchGenerateContent ${JSON.stringify({ batch: { displayName: 'one', inputConfig } })}`,
    'POST /proxy/v1beta/batches/tti3:cancel ',
  ])
})

it('looks for a batch by its name for people, page by page', async () => {
  const operation = (id: string, displayName: string) => ({
    ...inState('BATCH_STATE_RUNNING'),
    ...named(id, displayName),
  })
  const named = (id: string, displayName: string) => ({ name: `batches/${id}`, metadata: { ...METADATA, displayName } })
  const pages: Readonly<Record<string, object>> = {
    '/v1beta/batches?pageSize=100': { operations: [operation('new', 'other')], nextPageToken: 'a/b' },
    '/v1beta/batches?pageSize=100&pageToken=a%2Fb': { operations: [operation('old', 'ours')] },
  }
  const wire: Wire = async ({ path }) => JSON.stringify(pages[path])
  const sinceMs = Date.parse(METADATA.createTime)
  expect(await batch.find?.(wire, PATH, { id: 'ours', sinceMs })).toBe('old')
  expect(await batch.find?.(wire, PATH, { id: 'nobody', sinceMs })).toBeUndefined()
  // What was made long before is on no later page either.
  expect(await batch.find?.(wire, PATH, { id: 'ours', sinceMs: sinceMs + 3_600_000 })).toBeUndefined()
  expect(await batch.find?.(async () => '{}', PATH, { id: 'ours', sinceMs })).toBeUndefined()
})
