import { afterAll, beforeAll, expect, it } from 'vitest'
import { CANARY_KEY, CANARY_PROMPT, PROTOCOLS } from '../support/model-asks.ts'
import { type Harness, startHarness } from '../support/port-harness.ts'
import { replyText } from '../support/replies.ts'
import { JSON_TYPE, type Reply, replying, SSE } from '../support/scripted-vendor.ts'

const SECRETS = new RegExp(`${CANARY_KEY}|${CANARY_PROMPT}|CANARY-HEADER`, 'i')

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

/** Everything that an error may have a field for, with the same word in each. */
const errorWith = (word: string) =>
  JSON.stringify({
    error: {
      code: word,
      type: word,
      param: word,
      status: word,
      message: word,
      details: [{ reason: word, '@type': word }],
    },
    request_id: word,
  })

const words = [CANARY_KEY, `Bearer ${CANARY_KEY}`, CANARY_PROMPT, 'CANARY-HEADER', `invalid:${CANARY_KEY}`]

const echoes: readonly (readonly [what: string, reply: (word: string) => Reply])[] = [
  ['in every field of an error', word => replying(errorWith(word), JSON_TYPE, 400)],
  ['in every field of a refusal of its key', word => replying(errorWith(word), JSON_TYPE, 401)],
  ['in every field of a limit', word => replying(errorWith(word), { ...JSON_TYPE, 'retry-after': word }, 429)],
  ['as the id of a request', word => replying('{}', { ...JSON_TYPE, 'x-request-id': word, 'request-id': word }, 500)],
  ['as where it redirects to', word => replying(word, { location: `http://127.0.0.1:1/${word}` }, 307)],
  ['as the type of an error', word => replying('{}', { ...JSON_TYPE, 'x-amzn-errortype': word }, 400)],
  ['as its content type', word => replying(word, { 'content-type': word })],
  ['as its encoding', word => replying(word, { ...SSE, 'content-encoding': word })],
  ['in an error in its stream', word => replying(`data: ${errorWith(word)}\n\n`)],
  ['in an event of its stream', word => replying(`event: error\ndata: ${errorWith(word)}\n\n`)],
  ['in a chunk that is no JSON', word => replying(`data: {"choices":[{"delta":${word}\n\n`)],
  ['in a chunk of no known form', word => replying(`event: ${word}\ndata: {"type":"${word}","object":"${word}"}\n\n`)],
  ['in a status line', word => response => void response.writeHead(500, word, JSON_TYPE).end('{}')],
]

it.each(PROTOCOLS.flatMap(protocol => echoes.map(([what, reply]) => [protocol, what, reply] as const)))(
  'what %s says back %s is in no fault',
  async (protocol, _, reply) => {
    const told: string[] = []
    for (const word of words) {
      const answer = await harness.ask(protocol, reply(word), { settings: { headers: { 'x-team': 'CANARY-HEADER' } } })
      expect(answer.kind).toBe('fault')
      if (SECRETS.test(JSON.stringify(answer))) told.push(JSON.stringify(answer))
    }
    expect(told).toEqual([])
  },
)

it.each(PROTOCOLS)('what %s says back as the id of a request that it answered is in no record', async protocol => {
  const reply = replying(replyText(protocol, 'text.sse'), { ...SSE, 'x-request-id': CANARY_KEY })
  const answer = await harness.ask(protocol, reply)
  expect(answer).toMatchObject({ kind: 'answer', requestId: '[hidden]' })
})

it('an error keeps its own words, be they the names of what was sent', async () => {
  const error = { code: 'invalid_value', type: 'invalid_request_error', param: 'messages[1].content' }
  const answer = await harness.ask('openai', replying(JSON.stringify({ error }), JSON_TYPE, 400))
  const { param: parameter, ...words } = error
  expect(answer).toMatchObject({ kind: 'fault', fault: { evidence: { ...words, parameter } } })
})
